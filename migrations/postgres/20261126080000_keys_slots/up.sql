-- Codes on paper that open the records once, where the device has no connection: the keys, sealed to a secret
-- that the code makes. Deleted when used.
create table slot (
    school_id uuid not null,
    device_id uuid not null,
    number integer not null,
    member_id uuid not null,
    reference bytea not null,
    session_key bytea not null,
    sealed_bundle bytea not null,
    compartments text not null,
    session_seconds integer not null,
    created_at timestamptz not null,
    primary key (school_id, device_id, number),
    foreign key (school_id, device_id) references device (school_id, id),
    foreign key (school_id, member_id) references member (school_id, id)
);
create unique index slot_reference on slot (school_id, reference);

alter table slot enable row level security;
alter table slot force row level security;
create policy of_school on slot
    using (school_id = nullif(current_setting('safehold.school_id', true), '')::uuid);
