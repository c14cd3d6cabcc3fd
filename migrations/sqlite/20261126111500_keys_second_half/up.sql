-- A half that derives from the present secret has a row too once there are several: it was never lost.
create table school_psk_next (
    school_id blob not null references school (id),
    generation integer not null,
    sealed blob,
    lost_at bigint,
    primary key (school_id, generation)
);
insert into school_psk_next select school_id, generation, sealed, lost_at from school_psk;
drop table school_psk;
alter table school_psk_next rename to school_psk;
