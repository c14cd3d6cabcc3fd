drop index concern_pupil_pupil;
create index concern_pupil_pupil on concern_pupil (school_id, pupil_id, occurred_at desc, concern_id desc);
