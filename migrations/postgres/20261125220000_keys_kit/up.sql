-- When somebody recovered with this kit, after which a new one is due, and on which day it was last tested.
alter table kit add column recovered_at timestamptz;
alter table kit add column tested_on date;

-- When its owner said that it was lost.
alter table device add column lost_at timestamptz;

-- The server's half of a school's keys where it derives from a server secret that was lost. Nothing is
-- sealed here until somebody brings it back from the recovery kit; then it is sealed for the server.
create table school_psk (
    school_id uuid not null references school (id),
    generation integer not null,
    sealed bytea,
    lost_at timestamptz not null,
    primary key (school_id, generation)
);

alter table school_psk enable row level security;
alter table school_psk force row level security;
create policy of_school on school_psk
    using (school_id = nullif(current_setting('safehold.school_id', true), '')::uuid);
