drop index concern_pupil_pupil;
alter table concern_pupil drop column occurred_at;
create index concern_pupil_pupil on concern_pupil (school_id, pupil_id);
