-- When somebody recovered with this kit, after which a new one is due, and on which day it was last tested.
alter table kit add column recovered_at bigint;
alter table kit add column tested_on date;

-- When its owner said that it was lost.
alter table device add column lost_at bigint;

-- The server's half of a school's keys where it derives from a server secret that was lost. Nothing is
-- sealed here until somebody brings it back from the recovery kit; then it is sealed for the server.
create table school_psk (
    school_id blob not null references school (id),
    generation integer not null,
    sealed blob,
    lost_at bigint not null,
    primary key (school_id, generation)
);
