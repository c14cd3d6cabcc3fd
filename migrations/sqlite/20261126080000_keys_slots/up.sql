-- Codes on paper that open the records once, where the device has no connection: the keys, sealed to a secret
-- that the code makes. Deleted when used.
create table slot (
    school_id blob not null,
    device_id blob not null,
    number integer not null,
    member_id blob not null,
    reference blob not null,
    session_key blob not null,
    sealed_bundle blob not null,
    compartments text not null,
    session_seconds integer not null,
    created_at bigint not null,
    primary key (school_id, device_id, number),
    foreign key (school_id, device_id) references device (school_id, id),
    foreign key (school_id, member_id) references member (school_id, id)
);
create unique index slot_reference on slot (school_id, reference);
