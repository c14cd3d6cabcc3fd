-- A number that every change of what recording asks of a school's settings replaces: its categories, its alert rules,
-- who works there, the server's half of its keys. Who keeps what they read of them asks for this alone, with the
-- session. By chance and not by counting: a change that is rolled back never leaves its number to another one.
alter table school add column settings_mark bigint not null default 0;
create trigger category_settled_added after insert on category begin
    update school set settings_mark = random() where id = new.school_id;
end;
create trigger category_settled_changed after update on category begin
    update school set settings_mark = random() where id = new.school_id;
end;
create trigger category_settled_gone after delete on category begin
    update school set settings_mark = random() where id = old.school_id;
end;
create trigger alert_rule_settled_added after insert on alert_rule begin
    update school set settings_mark = random() where id = new.school_id;
end;
create trigger alert_rule_settled_changed after update on alert_rule begin
    update school set settings_mark = random() where id = new.school_id;
end;
create trigger alert_rule_settled_gone after delete on alert_rule begin
    update school set settings_mark = random() where id = old.school_id;
end;
create trigger school_psk_settled_added after insert on school_psk begin
    update school set settings_mark = random() where id = new.school_id;
end;
create trigger school_psk_settled_changed after update on school_psk begin
    update school set settings_mark = random() where id = new.school_id;
end;
create trigger school_psk_settled_gone after delete on school_psk begin
    update school set settings_mark = random() where id = old.school_id;
end;
create trigger member_settled_added after insert on member begin
    update school set settings_mark = random() where id = new.school_id;
end;
create trigger member_settled_changed after update of state on member begin
    update school set settings_mark = random() where id = new.school_id;
end;
create trigger member_settled_gone after delete on member begin
    update school set settings_mark = random() where id = old.school_id;
end;
