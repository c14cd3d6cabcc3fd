-- What the application may do. It signs in as `safehold_app`, a role that owns nothing and is bound by
-- row-level security; who makes the database makes the role first:
--   create role safehold_app login nosuperuser nobypassrls password '…';
-- Where there is no such role the application signs in as the owner, on whom row-level security is
-- forced too.
do $$
begin
    if not exists (select from pg_roles where rolname = 'safehold_app') then
        return;
    end if;
    grant usage on schema public to safehold_app;
    grant select, insert, update, delete on all tables in schema public to safehold_app;
    -- Tables of later migrations.
    alter default privileges in schema public
        grant select, insert, update, delete on tables to safehold_app;
    -- What was written in the log and in the roll stays written.
    revoke update, delete on audit_entry from safehold_app;
    revoke delete on roll_entry from safehold_app;
    if to_regclass('__diesel_schema_migrations') is not null then
        revoke insert, update, delete on __diesel_schema_migrations from safehold_app;
    end if;
end
$$;
