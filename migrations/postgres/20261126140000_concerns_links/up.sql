-- A chronology finds all it needs of a link in the index that it walks.
drop index concern_pupil_pupil;
create index concern_pupil_pupil on concern_pupil (school_id, pupil_id, occurred_at desc, concern_id desc)
    include (role);
