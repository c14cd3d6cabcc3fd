-- A pupil's chronology walks one index and reads no more concerns than it shows: a link knows when its concern
-- happened, or was received if nobody said. Neither ever changes.
alter table concern_pupil add column occurred_at bigint not null default 0;
update concern_pupil set occurred_at = (
    select coalesce(concern.occurred_at, concern.received_at)
    from concern
    where concern.school_id = concern_pupil.school_id and concern.id = concern_pupil.concern_id
);
drop index concern_pupil_pupil;
create index concern_pupil_pupil on concern_pupil (school_id, pupil_id, occurred_at desc, concern_id desc);
