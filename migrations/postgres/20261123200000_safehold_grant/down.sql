do $$
begin
    if not exists (select from pg_roles where rolname = 'safehold_app') then
        return;
    end if;
    alter default privileges in schema public revoke all on tables from safehold_app;
    revoke all on all tables in schema public from safehold_app;
    revoke usage on schema public from safehold_app;
end
$$;
