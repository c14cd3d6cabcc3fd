-- A number that every change of what recording asks of a school's settings replaces: its categories, its alert rules,
-- who works there, the server's half of its keys. Who keeps what they read of them asks for this alone, with the
-- session. By chance and not by counting: a change that is rolled back never leaves its number to another one.
alter table school add column settings_mark bigint not null default 0;
create function mark_settings() returns trigger language plpgsql as $$
begin
    update school set settings_mark = floor(random() * 9007199254740992)::bigint
    where id = case when tg_op = 'DELETE' then old.school_id else new.school_id end;
    return null;
end
$$;
create trigger category_settled after insert or update or delete on category
    for each row execute function mark_settings();
create trigger alert_rule_settled after insert or update or delete on alert_rule
    for each row execute function mark_settings();
create trigger school_psk_settled after insert or update or delete on school_psk
    for each row execute function mark_settings();
create trigger member_settled after insert or update of state or delete on member
    for each row execute function mark_settings();
