-- Not of one school: who signs in, and what the server keeps for itself.

create table account (
    id uuid primary key,
    email text not null,
    email_key text not null unique,
    password_hash text,
    created_at timestamptz not null
);

-- Wrong passwords by address, whether or not there is such an account, so that nothing tells the two
-- apart. The key is a keyed digest: no address stands here.
create table sign_in_failure (
    address_hash bytea primary key,
    failures integer not null,
    last_at timestamptz not null,
    retry_at timestamptz not null
);
create index sign_in_failure_last on sign_in_failure (last_at);

create table server_secret (
    name text primary key,
    sealed bytea not null
);

create table setup_code (
    code_hash bytea primary key,
    expires_at timestamptz not null,
    used_at timestamptz
);

create table password_link (
    token_hash bytea primary key,
    account_id uuid not null references account (id),
    expires_at timestamptz not null,
    used_at timestamptz
);

create table known_browser (
    ref_hash bytea primary key,
    account_id uuid not null references account (id),
    expires_at timestamptz not null
);

create table session (
    id uuid primary key,
    ref_hash bytea not null unique,
    account_id uuid not null references account (id),
    school_id uuid,
    member_id uuid,
    browser text not null,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    ends_at timestamptz not null
);
create index session_account on session (account_id);

create table outbox (
    id uuid primary key,
    school_id uuid,
    kind text not null,
    payload jsonb not null,
    created_at timestamptz not null,
    due_at timestamptz not null,
    attempts integer not null,
    done_at timestamptz,
    failure text
);
create index outbox_waiting on outbox (due_at) where done_at is null;

-- Of one school. Every key begins with the school, so that no row can point across schools.

create table school (
    id uuid primary key,
    name text not null,
    state text not null,
    roll_length bigint not null,
    created_at timestamptz not null
);

create table member (
    school_id uuid not null references school (id),
    id uuid not null,
    account_id uuid references account (id),
    external_id text,
    name text not null,
    name_key text collate "C" not null,
    email text,
    administrator boolean not null,
    auditor boolean not null,
    state text not null,
    created_at timestamptz not null,
    last_visit_at timestamptz,
    primary key (school_id, id),
    unique (school_id, account_id),
    unique (school_id, external_id)
);
create index member_account on member (account_id);

-- In which schools an account has a place: the one list that is read before a school is chosen. It
-- says nothing but that; the member's row, inside the school, says the rest. Kept in step by the
-- database itself, so that nobody who adds a member can forget it.
create table membership (
    account_id uuid not null references account (id),
    school_id uuid not null,
    member_id uuid not null,
    primary key (account_id, school_id),
    foreign key (school_id, member_id) references member (school_id, id)
);
create function follow_member() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        delete from membership where school_id = old.school_id and member_id = old.id;
    end if;
    if new.account_id is not null then
        insert into membership (account_id, school_id, member_id)
        values (new.account_id, new.school_id, new.id);
    end if;
    return null;
end
$$;
create trigger member_added after insert on member
    for each row execute function follow_member();
create trigger member_moved after update of account_id on member
    for each row execute function follow_member();

create table category (
    school_id uuid not null references school (id),
    id uuid not null,
    parent_id uuid,
    name text not null,
    colour text not null,
    help text not null,
    compartment text not null,
    high_priority boolean not null,
    position integer not null,
    disabled_at timestamptz,
    primary key (school_id, id),
    foreign key (school_id, parent_id) references category (school_id, id)
);

create table pupil (
    school_id uuid not null references school (id),
    id uuid not null,
    external_id text,
    upn text,
    given_name text not null,
    family_name text not null,
    given_key text collate "C" not null,
    family_key text collate "C" not null,
    date_of_birth date,
    year_group text,
    class_name text,
    state text not null,
    updated_at timestamptz not null,
    primary key (school_id, id),
    unique (school_id, external_id)
);
create index pupil_given on pupil (school_id, given_key);
create index pupil_family on pupil (school_id, family_key);

create table class (
    school_id uuid not null references school (id),
    id uuid not null,
    external_id text,
    name text not null,
    year_group text,
    state text not null,
    primary key (school_id, id),
    unique (school_id, external_id)
);

create table class_pupil (
    school_id uuid not null,
    class_id uuid not null,
    pupil_id uuid not null,
    primary key (school_id, class_id, pupil_id),
    foreign key (school_id, class_id) references class (school_id, id),
    foreign key (school_id, pupil_id) references pupil (school_id, id)
);
create index class_pupil_pupil on class_pupil (school_id, pupil_id);

create table class_member (
    school_id uuid not null,
    class_id uuid not null,
    member_id uuid not null,
    primary key (school_id, class_id, member_id),
    foreign key (school_id, class_id) references class (school_id, id),
    foreign key (school_id, member_id) references member (school_id, id)
);
create index class_member_member on class_member (school_id, member_id);

create table contact (
    school_id uuid not null references school (id),
    id uuid not null,
    external_id text,
    name text not null,
    phone text,
    email text,
    state text not null,
    primary key (school_id, id),
    unique (school_id, external_id)
);

create table pupil_contact (
    school_id uuid not null,
    pupil_id uuid not null,
    contact_id uuid not null,
    relationship text not null,
    primary key (school_id, pupil_id, contact_id),
    foreign key (school_id, pupil_id) references pupil (school_id, id),
    foreign key (school_id, contact_id) references contact (school_id, id)
);
create index pupil_contact_contact on pupil_contact (school_id, contact_id);

-- What was written down. `sealed_key` is the record's own key: sealed to the compartment
-- (`filed` false) or wrapped under its file key (`filed` true).

create table concern (
    school_id uuid not null references school (id),
    id uuid not null,
    compartment text not null,
    generation integer not null,
    author_id uuid,
    status text not null,
    urgent boolean not null,
    occurred_at timestamptz,
    occurred_precision text,
    received_at timestamptz not null,
    first_read_at timestamptz,
    attachments integer not null,
    outstanding_actions integer not null,
    filed boolean not null,
    sealed_key bytea not null,
    body bytea not null,
    primary key (school_id, id),
    foreign key (school_id, author_id) references member (school_id, id)
);
create index concern_received on concern (school_id, received_at desc, id desc);
create index concern_author on concern (school_id, author_id, received_at desc);
create index concern_inbox on concern (school_id, compartment) where not filed;

create table concern_category (
    school_id uuid not null,
    concern_id uuid not null,
    category_id uuid not null,
    position integer not null,
    primary key (school_id, concern_id, category_id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, category_id) references category (school_id, id)
);
create index concern_category_category on concern_category (school_id, category_id);

create table concern_pupil (
    school_id uuid not null,
    concern_id uuid not null,
    pupil_id uuid not null,
    role text not null,
    position integer not null,
    primary key (school_id, concern_id, pupil_id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, pupil_id) references pupil (school_id, id)
);
create index concern_pupil_pupil on concern_pupil (school_id, pupil_id);

create table amendment (
    school_id uuid not null,
    id uuid not null,
    concern_id uuid not null,
    author_id uuid not null,
    recorded_at timestamptz not null,
    compartment text not null,
    generation integer not null,
    filed boolean not null,
    sealed_key bytea not null,
    body bytea not null,
    primary key (school_id, id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, author_id) references member (school_id, id)
);
create index amendment_concern on amendment (school_id, concern_id);
create index amendment_inbox on amendment (school_id, compartment) where not filed;

create table attachment (
    school_id uuid not null,
    id uuid not null,
    concern_id uuid not null,
    author_id uuid not null,
    recorded_at timestamptz not null,
    size bigint not null,
    chunks integer not null,
    compartment text not null,
    generation integer not null,
    filed boolean not null,
    sealed_key bytea not null,
    head bytea not null,
    primary key (school_id, id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, author_id) references member (school_id, id)
);
create index attachment_concern on attachment (school_id, concern_id);
create index attachment_inbox on attachment (school_id, compartment) where not filed;

create table attachment_chunk (
    school_id uuid not null,
    attachment_id uuid not null,
    position integer not null,
    body bytea not null,
    primary key (school_id, attachment_id, position),
    foreign key (school_id, attachment_id) references attachment (school_id, id)
);

create table action (
    school_id uuid not null,
    id uuid not null,
    concern_id uuid not null,
    parent_id uuid,
    kind text not null,
    author_id uuid not null,
    recorded_at timestamptz not null,
    assignee_id uuid,
    due_on date,
    completed_at timestamptz,
    completed_by uuid,
    compartment text not null,
    generation integer not null,
    sealed_key bytea not null,
    body bytea not null,
    completion_body bytea,
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
    school_id uuid not null,
    id uuid not null,
    concern_id uuid not null,
    author_id uuid not null,
    recorded_at timestamptz not null,
    what text not null,
    compartment text not null,
    generation integer not null,
    sealed_key bytea,
    body bytea,
    primary key (school_id, id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, author_id) references member (school_id, id)
);
create index status_change_concern on status_change (school_id, concern_id);

create table reply (
    school_id uuid not null,
    id uuid not null,
    concern_id uuid not null,
    author_id uuid not null,
    reporter_id uuid not null,
    recorded_at timestamptz not null,
    seen_at timestamptz,
    body bytea not null,
    primary key (school_id, id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, author_id) references member (school_id, id),
    foreign key (school_id, reporter_id) references member (school_id, id)
);
create index reply_concern on reply (school_id, concern_id);
create index reply_unseen on reply (school_id, reporter_id) where seen_at is null;

create table alert_rule (
    school_id uuid not null references school (id),
    id uuid not null,
    name text not null,
    categories jsonb not null,
    years jsonb not null,
    recipients jsonb not null,
    enabled boolean not null,
    created_at timestamptz not null,
    primary key (school_id, id)
);

create table alert (
    school_id uuid not null,
    id uuid not null,
    concern_id uuid not null,
    member_id uuid not null,
    reason text not null,
    created_at timestamptz not null,
    read_at timestamptz,
    primary key (school_id, id),
    foreign key (school_id, concern_id) references concern (school_id, id),
    foreign key (school_id, member_id) references member (school_id, id)
);
create index alert_member on alert (school_id, member_id, created_at desc, id desc);
create index alert_unread on alert (school_id, member_id) where read_at is null;
create index alert_concern on alert (school_id, concern_id);

create table idempotency (
    school_id uuid not null references school (id),
    member_id uuid not null,
    key uuid not null,
    operation text not null,
    digest bytea not null,
    answer jsonb not null,
    created_at timestamptz not null,
    primary key (school_id, member_id, key),
    foreign key (school_id, member_id) references member (school_id, id)
);

-- Who holds keys.

create table roll_entry (
    school_id uuid not null references school (id),
    seq bigint not null,
    entry bytea not null,
    signature bytea not null,
    second_signature bytea,
    recorded_at timestamptz not null,
    primary key (school_id, seq)
);

create table device (
    school_id uuid not null,
    id uuid not null,
    member_id uuid not null,
    name text not null,
    store_kind text not null,
    state text not null,
    sign_key bytea not null,
    kem_key bytea not null,
    pin_hash bytea not null,
    pin_failures integer not null,
    registered_at timestamptz not null,
    last_seen_at timestamptz,
    primary key (school_id, id),
    foreign key (school_id, member_id) references member (school_id, id)
);
create index device_member on device (school_id, member_id);

create table device_nonce (
    school_id uuid not null,
    device_id uuid not null,
    nonce bytea not null,
    used_at timestamptz not null,
    primary key (school_id, device_id, nonce),
    foreign key (school_id, device_id) references device (school_id, id)
);

create table wrap (
    school_id uuid not null,
    device_id uuid not null,
    compartment text not null,
    generation integer not null,
    body bytea not null,
    primary key (school_id, device_id, compartment, generation),
    foreign key (school_id, device_id) references device (school_id, id)
);

create table kit (
    school_id uuid not null references school (id),
    id uuid not null,
    kem_key bytea not null,
    sign_key bytea not null,
    part_a bytea not null,
    part_b bytea not null,
    confirmed boolean not null,
    created_at timestamptz not null,
    primary key (school_id, id)
);

create table enrolment (
    school_id uuid not null,
    id uuid not null,
    member_id uuid not null,
    purpose text not null,
    token_hash bytea not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    primary key (school_id, id),
    foreign key (school_id, member_id) references member (school_id, id)
);
create unique index enrolment_token on enrolment (school_id, token_hash);

create table unlock (
    school_id uuid not null,
    id uuid not null,
    member_id uuid not null,
    session_id uuid not null,
    state text not null,
    secret_hash bytea not null,
    session_key bytea not null,
    number text not null,
    known_browser boolean not null,
    browser text not null,
    device_id uuid,
    sealed_bundle bytea,
    challenge_hash bytea,
    scopes text,
    compartments text,
    witness bytea,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    opened_at timestamptz,
    last_used_at timestamptz,
    ends_at timestamptz,
    primary key (school_id, id),
    foreign key (school_id, member_id) references member (school_id, id),
    foreign key (school_id, device_id) references device (school_id, id)
);
create index unlock_member on unlock (school_id, member_id, created_at desc);

create table unlock_challenge (
    school_id uuid not null,
    unlock_id uuid not null,
    device_id uuid not null,
    challenge bytea not null,
    signature bytea not null,
    primary key (school_id, unlock_id, device_id),
    foreign key (school_id, unlock_id) references unlock (school_id, id),
    foreign key (school_id, device_id) references device (school_id, id)
);

-- What was done. Appended to, never changed.

create table audit_entry (
    school_id uuid not null references school (id),
    seq bigint not null,
    at timestamptz not null,
    actor text not null,
    action text not null,
    object text,
    outcome text not null,
    content_hash bytea,
    detail text,
    hash bytea not null,
    primary key (school_id, seq)
);

create table audit_head (
    school_id uuid primary key references school (id),
    seq bigint not null,
    hash bytea not null
);

-- The second wall: row-level security, forced on the owner too. A transaction names its school with
-- SET LOCAL; without it there are no rows. The application's role owns nothing.

do $$
declare
    of_school text;
begin
    foreach of_school in array array[
        'member',
        'category',
        'pupil',
        'class',
        'class_pupil',
        'class_member',
        'contact',
        'pupil_contact',
        'concern',
        'concern_category',
        'concern_pupil',
        'amendment',
        'attachment',
        'attachment_chunk',
        'action',
        'status_change',
        'reply',
        'alert_rule',
        'alert',
        'idempotency',
        'roll_entry',
        'device',
        'device_nonce',
        'wrap',
        'kit',
        'enrolment',
        'unlock',
        'unlock_challenge',
        'audit_entry',
        'audit_head'
    ] loop
        execute format('alter table %I enable row level security', of_school);
        execute format('alter table %I force row level security', of_school);
        execute format(
            'create policy of_school on %I using (school_id = nullif(current_setting(''safehold.school_id'', true), '''')::uuid)',
            of_school
        );
    end loop;
end
$$;

alter table school enable row level security;
alter table school force row level security;
create policy of_school on school
    using (id = nullif(current_setting('safehold.school_id', true), '')::uuid);
