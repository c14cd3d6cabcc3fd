-- Not of one school: who signs in, and what the server keeps for itself.

create table account (
    id blob primary key,
    email text not null,
    email_key text not null unique,
    password_hash text,
    created_at bigint not null
);

-- Wrong passwords by address, whether or not there is such an account, so that nothing tells the two
-- apart. The key is a keyed digest: no address stands here.
create table sign_in_failure (
    address_hash blob primary key,
    failures integer not null,
    last_at bigint not null,
    retry_at bigint not null
);
create index sign_in_failure_last on sign_in_failure (last_at);

create table server_secret (
    name text primary key,
    sealed blob not null
);

create table setup_code (
    code_hash blob primary key,
    expires_at bigint not null,
    used_at bigint
);

create table password_link (
    token_hash blob primary key,
    account_id blob not null references account (id),
    expires_at bigint not null,
    used_at bigint
);

create table known_browser (
    ref_hash blob primary key,
    account_id blob not null references account (id),
    expires_at bigint not null
);

create table session (
    id blob primary key,
    ref_hash blob not null unique,
    account_id blob not null references account (id),
    school_id blob,
    member_id blob,
    browser text not null,
    created_at bigint not null,
    last_seen_at bigint not null,
    ends_at bigint not null
);
create index session_account on session (account_id);

create table outbox (
    id blob primary key,
    school_id blob,
    kind text not null,
    payload text not null,
    created_at bigint not null,
    due_at bigint not null,
    attempts integer not null,
    done_at bigint,
    failure text
);
create index outbox_waiting on outbox (due_at) where done_at is null;

-- Of one school. Every key begins with the school, so that no row can point across schools.

create table school (
    id blob primary key,
    name text not null,
    state text not null,
    roll_length bigint not null,
    created_at bigint not null
);

create table member (
    school_id blob not null references school (id),
    id blob not null,
    account_id blob references account (id),
    external_id text,
    name text not null,
    name_key text not null,
    email text,
    administrator boolean not null,
    auditor boolean not null,
    state text not null,
    created_at bigint not null,
    last_visit_at bigint,
    primary key (school_id, id),
    unique (school_id, account_id),
    unique (school_id, external_id)
);
create index member_account on member (account_id);

-- In which schools an account has a place: the one list that is read before a school is chosen. It
-- says nothing but that; the member's row, inside the school, says the rest. Kept in step by the
-- database itself, so that nobody who adds a member can forget it.
create table membership (
    account_id blob not null references account (id),
    school_id blob not null,
    member_id blob not null,
    primary key (account_id, school_id),
    foreign key (school_id, member_id) references member (school_id, id)
);
create trigger member_added after insert on member when new.account_id is not null begin
    insert into membership (account_id, school_id, member_id)
    values (new.account_id, new.school_id, new.id);
end;
create trigger member_moved after update of account_id on member begin
    delete from membership where school_id = old.school_id and member_id = old.id;
    insert into membership (account_id, school_id, member_id)
    select new.account_id, new.school_id, new.id where new.account_id is not null;
end;

create table category (
    school_id blob not null references school (id),
    id blob not null,
    parent_id blob,
    name text not null,
    colour text not null,
    help text not null,
    compartment text not null,
    high_priority boolean not null,
    position integer not null,
    disabled_at bigint,
    primary key (school_id, id),
    foreign key (school_id, parent_id) references category (school_id, id)
);

create table pupil (
    school_id blob not null references school (id),
    id blob not null,
    external_id text,
    upn text,
    given_name text not null,
    family_name text not null,
    given_key text not null,
    family_key text not null,
    date_of_birth date,
    year_group text,
    class_name text,
    state text not null,
    updated_at bigint not null,
    primary key (school_id, id),
    unique (school_id, external_id)
);
create index pupil_given on pupil (school_id, given_key);
create index pupil_family on pupil (school_id, family_key);

create table class (
    school_id blob not null references school (id),
    id blob not null,
    external_id text,
    name text not null,
    year_group text,
    state text not null,
    primary key (school_id, id),
    unique (school_id, external_id)
);

create table class_pupil (
    school_id blob not null,
    class_id blob not null,
    pupil_id blob not null,
    primary key (school_id, class_id, pupil_id),
    foreign key (school_id, class_id) references class (school_id, id),
    foreign key (school_id, pupil_id) references pupil (school_id, id)
);
create index class_pupil_pupil on class_pupil (school_id, pupil_id);

create table class_member (
    school_id blob not null,
    class_id blob not null,
    member_id blob not null,
    primary key (school_id, class_id, member_id),
    foreign key (school_id, class_id) references class (school_id, id),
    foreign key (school_id, member_id) references member (school_id, id)
);
create index class_member_member on class_member (school_id, member_id);

create table contact (
    school_id blob not null references school (id),
    id blob not null,
    external_id text,
    name text not null,
    phone text,
    email text,
    state text not null,
    primary key (school_id, id),
    unique (school_id, external_id)
);

create table pupil_contact (
    school_id blob not null,
    pupil_id blob not null,
    contact_id blob not null,
    relationship text not null,
    primary key (school_id, pupil_id, contact_id),
    foreign key (school_id, pupil_id) references pupil (school_id, id),
    foreign key (school_id, contact_id) references contact (school_id, id)
);
create index pupil_contact_contact on pupil_contact (school_id, contact_id);

-- What was written down. `sealed_key` is the record's own key: sealed to the compartment
-- (`filed` false) or wrapped under its file key (`filed` true).

create table concern (
    school_id blob not null references school (id),
    id blob not null,
    compartment text not null,
    generation integer not null,
    author_id blob,
    status text not null,
    urgent boolean not null,
    occurred_at bigint,
    occurred_precision text,
    received_at bigint not null,
    first_read_at bigint,
    attachments integer not null,
    outstanding_actions integer not null,
    filed boolean not null,
    sealed_key blob not null,
    body blob not null,
    primary key (school_id, id),
    foreign key (school_id, author_id) references member (school_id, id)
);
create index concern_received on concern (school_id, received_at desc, id desc);
create index concern_author on concern (school_id, author_id, received_at desc);
create index concern_inbox on concern (school_id, compartment) where not filed;

create table concern_category (
    school_id blob not null,
    concern_id blob not null,
    category_id blob not null,
    position integer not null,
    primary key (school_id, concern_id, category_id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, category_id) references category (school_id, id)
);
create index concern_category_category on concern_category (school_id, category_id);

create table concern_pupil (
    school_id blob not null,
    concern_id blob not null,
    pupil_id blob not null,
    role text not null,
    position integer not null,
    primary key (school_id, concern_id, pupil_id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, pupil_id) references pupil (school_id, id)
);
create index concern_pupil_pupil on concern_pupil (school_id, pupil_id);

create table amendment (
    school_id blob not null,
    id blob not null,
    concern_id blob not null,
    author_id blob not null,
    recorded_at bigint not null,
    compartment text not null,
    generation integer not null,
    filed boolean not null,
    sealed_key blob not null,
    body blob not null,
    primary key (school_id, id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, author_id) references member (school_id, id)
);
create index amendment_concern on amendment (school_id, concern_id);
create index amendment_inbox on amendment (school_id, compartment) where not filed;

create table attachment (
    school_id blob not null,
    id blob not null,
    concern_id blob not null,
    author_id blob not null,
    recorded_at bigint not null,
    size bigint not null,
    chunks integer not null,
    compartment text not null,
    generation integer not null,
    filed boolean not null,
    sealed_key blob not null,
    head blob not null,
    primary key (school_id, id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, author_id) references member (school_id, id)
);
create index attachment_concern on attachment (school_id, concern_id);
create index attachment_inbox on attachment (school_id, compartment) where not filed;

create table attachment_chunk (
    school_id blob not null,
    attachment_id blob not null,
    position integer not null,
    body blob not null,
    primary key (school_id, attachment_id, position),
    foreign key (school_id, attachment_id) references attachment (school_id, id)
);

create table action (
    school_id blob not null,
    id blob not null,
    concern_id blob not null,
    parent_id blob,
    kind text not null,
    author_id blob not null,
    recorded_at bigint not null,
    assignee_id blob,
    due_on date,
    completed_at bigint,
    completed_by blob,
    compartment text not null,
    generation integer not null,
    sealed_key blob not null,
    body blob not null,
    completion_body blob,
    primary key (school_id, id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, parent_id) references action (school_id, id),
    foreign key (school_id, author_id) references member (school_id, id),
    foreign key (school_id, assignee_id) references member (school_id, id),
    foreign key (school_id, completed_by) references member (school_id, id)
);
create index action_concern on action (school_id, concern_id);
create index action_assignee on action (school_id, assignee_id, due_on) where completed_at is null;

create table status_change (
    school_id blob not null,
    id blob not null,
    concern_id blob not null,
    author_id blob not null,
    recorded_at bigint not null,
    what text not null,
    compartment text not null,
    generation integer not null,
    sealed_key blob,
    body blob,
    primary key (school_id, id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, author_id) references member (school_id, id)
);
create index status_change_concern on status_change (school_id, concern_id);

create table reply (
    school_id blob not null,
    id blob not null,
    concern_id blob not null,
    author_id blob not null,
    reporter_id blob not null,
    recorded_at bigint not null,
    seen_at bigint,
    body blob not null,
    primary key (school_id, id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, author_id) references member (school_id, id),
    foreign key (school_id, reporter_id) references member (school_id, id)
);
create index reply_concern on reply (school_id, concern_id);
create index reply_unseen on reply (school_id, reporter_id) where seen_at is null;

create table alert_rule (
    school_id blob not null references school (id),
    id blob not null,
    name text not null,
    categories text not null,
    years text not null,
    recipients text not null,
    enabled boolean not null,
    created_at bigint not null,
    primary key (school_id, id)
);

create table alert (
    school_id blob not null,
    id blob not null,
    concern_id blob not null,
    member_id blob not null,
    reason text not null,
    created_at bigint not null,
    read_at bigint,
    primary key (school_id, id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, member_id) references member (school_id, id)
);
create index alert_member on alert (school_id, member_id, created_at desc, id desc);
create index alert_unread on alert (school_id, member_id) where read_at is null;
create index alert_concern on alert (school_id, concern_id);

create table idempotency (
    school_id blob not null references school (id),
    member_id blob not null,
    key blob not null,
    operation text not null,
    digest blob not null,
    answer text not null,
    created_at bigint not null,
    primary key (school_id, member_id, key),
    foreign key (school_id, member_id) references member (school_id, id)
);

-- Who holds keys.

create table roll_entry (
    school_id blob not null references school (id),
    seq bigint not null,
    entry blob not null,
    signature blob not null,
    second_signature blob,
    recorded_at bigint not null,
    primary key (school_id, seq)
);

create table device (
    school_id blob not null,
    id blob not null,
    member_id blob not null,
    name text not null,
    store_kind text not null,
    state text not null,
    sign_key blob not null,
    kem_key blob not null,
    pin_hash blob not null,
    pin_failures integer not null,
    registered_at bigint not null,
    last_seen_at bigint,
    primary key (school_id, id),
    foreign key (school_id, member_id) references member (school_id, id)
);
create index device_member on device (school_id, member_id);

create table device_nonce (
    school_id blob not null,
    device_id blob not null,
    nonce blob not null,
    used_at bigint not null,
    primary key (school_id, device_id, nonce),
    foreign key (school_id, device_id) references device (school_id, id)
);

create table wrap (
    school_id blob not null,
    device_id blob not null,
    compartment text not null,
    generation integer not null,
    body blob not null,
    primary key (school_id, device_id, compartment, generation),
    foreign key (school_id, device_id) references device (school_id, id)
);

create table kit (
    school_id blob not null references school (id),
    id blob not null,
    kem_key blob not null,
    sign_key blob not null,
    part_a blob not null,
    part_b blob not null,
    confirmed boolean not null,
    created_at bigint not null,
    primary key (school_id, id)
);

create table enrolment (
    school_id blob not null,
    id blob not null,
    member_id blob not null,
    purpose text not null,
    token_hash blob not null,
    expires_at bigint not null,
    used_at bigint,
    primary key (school_id, id),
    foreign key (school_id, member_id) references member (school_id, id)
);
create unique index enrolment_token on enrolment (school_id, token_hash);

create table unlock (
    school_id blob not null,
    id blob not null,
    member_id blob not null,
    session_id blob not null,
    state text not null,
    secret_hash blob not null,
    session_key blob not null,
    number text not null,
    known_browser boolean not null,
    browser text not null,
    device_id blob,
    sealed_bundle blob,
    challenge_hash blob,
    scopes text,
    compartments text,
    witness blob,
    created_at bigint not null,
    expires_at bigint not null,
    opened_at bigint,
    last_used_at bigint,
    ends_at bigint,
    primary key (school_id, id),
    foreign key (school_id, member_id) references member (school_id, id),
    foreign key (school_id, device_id) references device (school_id, id)
);
create index unlock_member on unlock (school_id, member_id, created_at desc);

create table unlock_challenge (
    school_id blob not null,
    unlock_id blob not null,
    device_id blob not null,
    challenge blob not null,
    signature blob not null,
    primary key (school_id, unlock_id, device_id),
    foreign key (school_id, unlock_id) references unlock (school_id, id),
    foreign key (school_id, device_id) references device (school_id, id)
);

-- What was done. Appended to, never changed.

create table audit_entry (
    school_id blob not null references school (id),
    seq bigint not null,
    at bigint not null,
    actor text not null,
    action text not null,
    object text,
    outcome text not null,
    content_hash blob,
    detail text,
    hash blob not null,
    primary key (school_id, seq)
);

create table audit_head (
    school_id blob primary key references school (id),
    seq bigint not null,
    hash blob not null
);
