-- What PostgreSQL is told here about long values is none of SQLite's business.
select 1;
