//! The tables, as both databases have them (`docs/data-model.md` says what each is for).
//!
//! Held to the migrations by `tests/api/schema.rs`.

#![expect(
    missing_docs,
    reason = "docs/data-model.md says what each table and column is for"
)]

macro_rules! table {
    ($($body:tt)*) => {
        diesel::table! {
            use diesel::sql_types::{BigInt, Binary, Bool, Date, Integer, Nullable, Text};
            use domain::sql::{Document, Identifier, Instant};
            $($body)*
        }
    };
}

table! {
    account (id) {
        id -> Identifier,
        email -> Text,
        email_key -> Text,
        password_hash -> Nullable<Text>,
        created_at -> Instant,
    }
}

table! {
    sign_in_failure (address_hash) {
        address_hash -> Binary,
        failures -> Integer,
        last_at -> Instant,
        retry_at -> Instant,
    }
}

table! {
    server_secret (name) {
        name -> Text,
        sealed -> Binary,
    }
}

table! {
    setup_code (code_hash) {
        code_hash -> Binary,
        expires_at -> Instant,
        used_at -> Nullable<Instant>,
    }
}

table! {
    password_link (token_hash) {
        token_hash -> Binary,
        account_id -> Identifier,
        expires_at -> Instant,
        used_at -> Nullable<Instant>,
    }
}

table! {
    known_browser (ref_hash) {
        ref_hash -> Binary,
        account_id -> Identifier,
        expires_at -> Instant,
    }
}

table! {
    session (id) {
        id -> Identifier,
        ref_hash -> Binary,
        account_id -> Identifier,
        school_id -> Nullable<Identifier>,
        member_id -> Nullable<Identifier>,
        browser -> Text,
        created_at -> Instant,
        last_seen_at -> Instant,
        ends_at -> Instant,
        present_until -> Nullable<Instant>,
    }
}

table! {
    outbox (id) {
        id -> Identifier,
        school_id -> Nullable<Identifier>,
        kind -> Text,
        payload -> Document,
        created_at -> Instant,
        due_at -> Instant,
        attempts -> Integer,
        done_at -> Nullable<Instant>,
        failure -> Nullable<Text>,
    }
}

table! {
    school (id) {
        id -> Identifier,
        name -> Text,
        state -> Text,
        roll_length -> BigInt,
        created_at -> Instant,
        settings_mark -> BigInt,
    }
}

table! {
    member (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        account_id -> Nullable<Identifier>,
        external_id -> Nullable<Text>,
        name -> Text,
        name_key -> Text,
        email -> Nullable<Text>,
        administrator -> Bool,
        auditor -> Bool,
        state -> Text,
        created_at -> Instant,
        last_visit_at -> Nullable<Instant>,
    }
}

table! {
    membership (account_id, school_id) {
        account_id -> Identifier,
        school_id -> Identifier,
        member_id -> Identifier,
    }
}

table! {
    category (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        parent_id -> Nullable<Identifier>,
        name -> Text,
        colour -> Text,
        help -> Text,
        compartment -> Text,
        high_priority -> Bool,
        position -> Integer,
        disabled_at -> Nullable<Instant>,
    }
}

table! {
    pupil (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        external_id -> Nullable<Text>,
        upn -> Nullable<Text>,
        given_name -> Text,
        family_name -> Text,
        given_key -> Text,
        family_key -> Text,
        date_of_birth -> Nullable<Date>,
        year_group -> Nullable<Text>,
        class_name -> Nullable<Text>,
        state -> Text,
        updated_at -> Instant,
    }
}

table! {
    class (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        external_id -> Nullable<Text>,
        name -> Text,
        year_group -> Nullable<Text>,
        state -> Text,
    }
}

table! {
    class_pupil (school_id, class_id, pupil_id) {
        school_id -> Identifier,
        class_id -> Identifier,
        pupil_id -> Identifier,
    }
}

table! {
    class_member (school_id, class_id, member_id) {
        school_id -> Identifier,
        class_id -> Identifier,
        member_id -> Identifier,
    }
}

table! {
    contact (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        external_id -> Nullable<Text>,
        name -> Text,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        state -> Text,
    }
}

table! {
    pupil_contact (school_id, pupil_id, contact_id) {
        school_id -> Identifier,
        pupil_id -> Identifier,
        contact_id -> Identifier,
        relationship -> Text,
    }
}

table! {
    concern (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        compartment -> Text,
        generation -> Integer,
        author_id -> Nullable<Identifier>,
        status -> Text,
        urgent -> Bool,
        occurred_at -> Nullable<Instant>,
        occurred_precision -> Nullable<Text>,
        received_at -> Instant,
        first_read_at -> Nullable<Instant>,
        attachments -> Integer,
        outstanding_actions -> Integer,
        filed -> Bool,
        sealed_key -> Binary,
        body -> Binary,
    }
}

table! {
    concern_category (school_id, concern_id, category_id) {
        school_id -> Identifier,
        concern_id -> Identifier,
        category_id -> Identifier,
        position -> Integer,
    }
}

table! {
    concern_pupil (school_id, concern_id, pupil_id) {
        school_id -> Identifier,
        concern_id -> Identifier,
        pupil_id -> Identifier,
        role -> Text,
        position -> Integer,
        occurred_at -> Instant,
    }
}

table! {
    amendment (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        concern_id -> Identifier,
        author_id -> Identifier,
        recorded_at -> Instant,
        compartment -> Text,
        generation -> Integer,
        filed -> Bool,
        sealed_key -> Binary,
        body -> Binary,
    }
}

table! {
    attachment (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        concern_id -> Identifier,
        author_id -> Identifier,
        recorded_at -> Instant,
        size -> BigInt,
        chunks -> Integer,
        compartment -> Text,
        generation -> Integer,
        filed -> Bool,
        sealed_key -> Binary,
        head -> Binary,
    }
}

table! {
    attachment_chunk (school_id, attachment_id, position) {
        school_id -> Identifier,
        attachment_id -> Identifier,
        position -> Integer,
        body -> Binary,
    }
}

table! {
    action (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        concern_id -> Identifier,
        parent_id -> Nullable<Identifier>,
        kind -> Text,
        author_id -> Identifier,
        recorded_at -> Instant,
        assignee_id -> Nullable<Identifier>,
        due_on -> Nullable<Date>,
        completed_at -> Nullable<Instant>,
        completed_by -> Nullable<Identifier>,
        compartment -> Text,
        generation -> Integer,
        sealed_key -> Binary,
        body -> Binary,
        completion_body -> Nullable<Binary>,
    }
}

table! {
    status_change (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        concern_id -> Identifier,
        author_id -> Identifier,
        recorded_at -> Instant,
        what -> Text,
        compartment -> Text,
        generation -> Integer,
        sealed_key -> Nullable<Binary>,
        body -> Nullable<Binary>,
    }
}

table! {
    reply (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        concern_id -> Identifier,
        author_id -> Identifier,
        reporter_id -> Identifier,
        recorded_at -> Instant,
        seen_at -> Nullable<Instant>,
        body -> Binary,
    }
}

table! {
    alert_rule (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        name -> Text,
        categories -> Document,
        years -> Document,
        recipients -> Document,
        enabled -> Bool,
        created_at -> Instant,
    }
}

table! {
    alert (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        concern_id -> Identifier,
        member_id -> Identifier,
        reason -> Text,
        created_at -> Instant,
        read_at -> Nullable<Instant>,
    }
}

table! {
    idempotency (school_id, member_id, key) {
        school_id -> Identifier,
        member_id -> Identifier,
        key -> Identifier,
        operation -> Text,
        digest -> Binary,
        answer -> Document,
        created_at -> Instant,
    }
}

table! {
    roll_entry (school_id, seq) {
        school_id -> Identifier,
        seq -> BigInt,
        entry -> Binary,
        signature -> Binary,
        second_signature -> Nullable<Binary>,
        recorded_at -> Instant,
    }
}

table! {
    device (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        member_id -> Identifier,
        name -> Text,
        store_kind -> Text,
        state -> Text,
        sign_key -> Binary,
        kem_key -> Binary,
        pin_hash -> Binary,
        pin_failures -> Integer,
        registered_at -> Instant,
        last_seen_at -> Nullable<Instant>,
        code_secret -> Nullable<Binary>,
        code_step -> Nullable<BigInt>,
        code_failures -> Integer,
        lost_at -> Nullable<Instant>,
        pin_wait_until -> Nullable<Instant>,
    }
}

table! {
    device_nonce (school_id, device_id, nonce) {
        school_id -> Identifier,
        device_id -> Identifier,
        nonce -> Binary,
        used_at -> Instant,
    }
}

table! {
    wrap (school_id, device_id, compartment, generation) {
        school_id -> Identifier,
        device_id -> Identifier,
        compartment -> Text,
        generation -> Integer,
        body -> Binary,
    }
}

table! {
    kit (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        kem_key -> Binary,
        sign_key -> Binary,
        part_a -> Binary,
        part_b -> Binary,
        confirmed -> Bool,
        created_at -> Instant,
        recovered_at -> Nullable<Instant>,
        tested_on -> Nullable<Date>,
    }
}

table! {
    school_psk (school_id, generation) {
        school_id -> Identifier,
        generation -> Integer,
        sealed -> Nullable<Binary>,
        lost_at -> Nullable<Instant>,
    }
}

table! {
    slot (school_id, device_id, number) {
        school_id -> Identifier,
        device_id -> Identifier,
        number -> Integer,
        member_id -> Identifier,
        reference -> Binary,
        session_key -> Binary,
        sealed_bundle -> Binary,
        compartments -> Text,
        session_seconds -> Integer,
        created_at -> Instant,
    }
}

table! {
    enrolment (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        member_id -> Identifier,
        purpose -> Text,
        token_hash -> Binary,
        expires_at -> Instant,
        used_at -> Nullable<Instant>,
        session_id -> Nullable<Identifier>,
        device_id -> Nullable<Identifier>,
    }
}

table! {
    unlock (school_id, id) {
        school_id -> Identifier,
        id -> Identifier,
        member_id -> Identifier,
        session_id -> Identifier,
        state -> Text,
        secret_hash -> Binary,
        session_key -> Binary,
        number -> Text,
        known_browser -> Bool,
        browser -> Text,
        device_id -> Nullable<Identifier>,
        sealed_bundle -> Nullable<Binary>,
        challenge_hash -> Nullable<Binary>,
        scopes -> Nullable<Text>,
        compartments -> Nullable<Text>,
        witness -> Nullable<Binary>,
        created_at -> Instant,
        expires_at -> Instant,
        opened_at -> Nullable<Instant>,
        last_used_at -> Nullable<Instant>,
        ends_at -> Nullable<Instant>,
        opened_records -> Integer,
        kept -> Bool,
        hand_off -> Bool,
        return_hash -> Nullable<Binary>,
        bundle_kept -> Bool,
    }
}

table! {
    unlock_challenge (school_id, unlock_id, device_id) {
        school_id -> Identifier,
        unlock_id -> Identifier,
        device_id -> Identifier,
        challenge -> Binary,
        signature -> Binary,
    }
}

table! {
    audit_entry (school_id, seq) {
        school_id -> Identifier,
        seq -> BigInt,
        at -> Instant,
        actor -> Text,
        action -> Text,
        object -> Nullable<Text>,
        outcome -> Text,
        content_hash -> Nullable<Binary>,
        detail -> Nullable<Text>,
        hash -> Binary,
    }
}

table! {
    audit_head (school_id) {
        school_id -> Identifier,
        seq -> BigInt,
        hash -> Binary,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    account,
    sign_in_failure,
    server_secret,
    setup_code,
    password_link,
    known_browser,
    session,
    outbox,
    school,
    member,
    membership,
    category,
    pupil,
    class,
    class_pupil,
    class_member,
    contact,
    pupil_contact,
    concern,
    concern_category,
    concern_pupil,
    amendment,
    attachment,
    attachment_chunk,
    action,
    status_change,
    reply,
    alert_rule,
    alert,
    idempotency,
    roll_entry,
    device,
    device_nonce,
    wrap,
    kit,
    school_psk,
    slot,
    enrolment,
    unlock,
    unlock_challenge,
    audit_entry,
    audit_head,
);
