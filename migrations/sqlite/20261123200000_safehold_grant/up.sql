-- The embedded database has no roles: its file is readable by its owner alone.
select 1;
