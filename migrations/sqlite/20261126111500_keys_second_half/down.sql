create table school_psk_before (
    school_id blob not null references school (id),
    generation integer not null,
    sealed blob,
    lost_at bigint not null,
    primary key (school_id, generation)
);
insert into school_psk_before
select school_id, generation, sealed, coalesce(lost_at, 0) from school_psk;
drop table school_psk;
alter table school_psk_before rename to school_psk;
