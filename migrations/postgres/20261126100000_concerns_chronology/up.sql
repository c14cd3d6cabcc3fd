-- A pupil's chronology walks one index and reads no more concerns than it shows: a link knows when its concern
-- happened, or was received if nobody said. Neither ever changes.
alter table concern_pupil add column occurred_at timestamptz;

-- The owner sees every school's rows while they are filled in, in this transaction alone.
alter table concern no force row level security;
alter table concern_pupil no force row level security;
update concern_pupil set occurred_at = coalesce(concern.occurred_at, concern.received_at)
    from concern
    where concern.school_id = concern_pupil.school_id and concern.id = concern_pupil.concern_id;
alter table concern force row level security;
alter table concern_pupil force row level security;

alter table concern_pupil alter column occurred_at set not null;
drop index concern_pupil_pupil;
create index concern_pupil_pupil on concern_pupil (school_id, pupil_id, occurred_at desc, concern_id desc);
