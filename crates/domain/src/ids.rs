//! Every kind of id, in alphabetical order.
//!
//! An id is a UUIDv7 (RFC 9562) that knows what it names, so the wrong one does not compile:
//!
//! ```compile_fail
//! use domain::{ConcernId, PupilId};
//!
//! fn close(_: ConcernId) {}
//! fn mistake(pupil: PupilId) {
//!     close(pupil);
//! }
//! ```
//!
//! Written out it is the kind's prefix and 32 hexadecimal digits: `con_019300f7…`.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;
use uuid::fmt::Simple as SimpleId;

use crate::{Entropy, Timestamp};

/// Bytes that a prefix and its underscore may have.
const PREFIX_ROOM: usize = 16;

/// What an id names.
pub trait Kind: 'static {
    /// The letters before the underscore.
    const PREFIX: &'static str;
    /// The name of the id's schema in the contract.
    const NAME: &'static str;
}

/// An id of one kind of thing.
#[cfg_attr(
    feature = "sql",
    derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow),
    diesel(sql_type = crate::sql::Identifier)
)]
pub struct Id<K: Kind> {
    uuid: Uuid,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Id<K> {
    /// A new id: 48 bits of time, 74 bits of chance (RFC 9562, version 7).
    pub fn new(now: Timestamp, entropy: &dyn Entropy) -> Self {
        let millis = u64::try_from(now.micros() / 1000).unwrap_or_default();
        Self::from_uuid(
            uuid::Builder::from_unix_timestamp_millis(millis, &entropy.bytes()).into_uuid(),
        )
    }

    /// From the sixteen bytes that the protocol and the databases keep.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self::from_uuid(Uuid::from_bytes(bytes))
    }

    /// From a UUID read out of a database.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self {
            uuid,
            kind: PhantomData,
        }
    }

    /// The sixteen bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.uuid.as_bytes()
    }

    /// The UUID, for a database.
    pub const fn as_uuid(&self) -> &Uuid {
        &self.uuid
    }

    /// The short reference that a person can read out, such as `7F3K-29QM`: forty of the random bits.
    pub fn reference(&self) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let bytes = self.uuid.as_bytes();
        let bits = bytes[11..]
            .iter()
            .fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
        let mut reference = String::with_capacity(9);
        for place in (0..8).rev() {
            if place == 3 {
                reference.push('-');
            }
            reference.push(char::from(ALPHABET[(bits >> (place * 5) & 31) as usize]));
        }
        reference
    }
}

impl<K: Kind> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K: Kind> Copy for Id<K> {}
impl<K: Kind> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.uuid == other.uuid
    }
}
impl<K: Kind> Eq for Id<K> {}
impl<K: Kind> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K: Kind> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.uuid.cmp(&other.uuid)
    }
}
impl<K: Kind> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.uuid.hash(state);
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}_{}", K::PREFIX, self.uuid.simple())
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// The text is not an id of the kind that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not an id of the form {0}_…")]
pub struct InvalidId(&'static str);

impl<K: Kind> FromStr for Id<K> {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
            .filter(|digits| {
                digits.len() == 32
                    && digits
                        .bytes()
                        .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
            })
            .and_then(|digits| Uuid::try_parse(digits).ok())
            .map(Self::from_uuid)
            .ok_or(InvalidId(K::PREFIX))
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Not through `Display`: a list holds hundreds, and the formatting machinery was a tenth of it.
        let mut text = [0; PREFIX_ROOM + SimpleId::LENGTH];
        let (prefix, digits) = text.split_at_mut(K::PREFIX.len() + 1);
        prefix[..K::PREFIX.len()].copy_from_slice(K::PREFIX.as_bytes());
        prefix[K::PREFIX.len()] = b'_';
        let length = prefix.len() + self.uuid.simple().encode_lower(digits).len();
        let text = std::str::from_utf8(&text[..length]).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(text)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<'de, str>::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl<K: Kind> utoipa::PartialSchema for Id<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, Type};
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(format!("^{}_[0-9a-f]{{32}}$", K::PREFIX)))
            .examples([format!("{}_0193a1b2c3d47e5f8a9b0c1d2e3f4a5b", K::PREFIX)])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl<K: Kind> utoipa::ToSchema for Id<K> {
    fn name() -> std::borrow::Cow<'static, str> {
        K::NAME.into()
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($kind:ident) = $prefix:literal;)*) => {
        /// The kinds of thing that have ids.
        pub mod kind {
            $($(#[$doc])* #[derive(Debug)] pub enum $kind {}
            impl super::Kind for $kind {
                const PREFIX: &'static str = {
                    assert!($prefix.len() < super::PREFIX_ROOM, "a shorter one");
                    $prefix
                };
                const NAME: &'static str = stringify!($name);
            })*
        }
        $($(#[$doc])* pub type $name = Id<kind::$kind>;)*
    };
}

ids! {
    /// Who signs in: an e-mail address and a password, in one school or several.
    AccountId(Account) = "acc";
    /// Something done, or to be done, about a concern.
    ActionId(Action) = "act";
    /// A notice that a concern waits for somebody.
    AlertId(Alert) = "alt";
    /// A rule that says who is told of which concerns.
    AlertRuleId(AlertRule) = "rul";
    /// A correction or addition beside what was first written.
    AmendmentId(Amendment) = "amd";
    /// A file with a concern.
    AttachmentId(Attachment) = "att";
    /// What a concern is about, in the school's own list.
    CategoryId(Category) = "cat";
    /// A class, form or teaching group.
    ClassId(Class) = "cls";
    /// Something noticed, written down about one or more pupils.
    ConcernId(Concern) = "con";
    /// A parent or other adult in a pupil's life.
    ContactId(Contact) = "cnt";
    /// A phone, tablet or computer with an authenticator app.
    DeviceId(Device) = "dev";
    /// An invitation for one device, used once.
    EnrolmentId(Enrolment) = "enr";
    /// One preview of a roster that waits to be imported.
    ImportId(Import) = "imp";
    /// A set of recovery sheets.
    KitId(Kit) = "kit";
    /// A person's place in one school.
    MemberId(Member) = "mem";
    /// Work that waits to be done after a commit: a mail, a webhook.
    OutboxId(Outbox) = "out";
    /// A child who is or was on a school's roll.
    PupilId(Pupil) = "pup";
    /// What a lead answered to the person who recorded a concern.
    ReplyId(Reply) = "rep";
    /// A school: the boundary that no row crosses.
    SchoolId(School) = "sch";
    /// One signed-in browser.
    SessionId(Session) = "ses";
    /// A change of a concern's status.
    StatusChangeId(StatusChange) = "chg";
    /// One opening of the records in one browser, approved on a device.
    UnlockId(Unlock) = "unl";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededEntropy;

    #[test]
    fn an_id_reads_back_and_another_kind_does_not() {
        let id = ConcernId::new(
            Timestamp::from_seconds(1_795_000_000),
            &SeededEntropy::new([1; 32]),
        );
        assert_eq!(id.to_string().parse(), Ok(id));
        assert!(id.to_string().parse::<PupilId>().is_err());
        assert!(id.to_string().to_uppercase().parse::<ConcernId>().is_err());
    }

    #[test]
    fn ids_made_later_sort_later() {
        let entropy = SeededEntropy::new([2; 32]);
        let early = PupilId::new(Timestamp::from_seconds(1), &entropy);
        let late = PupilId::new(Timestamp::from_seconds(2), &entropy);
        assert!(early < late);
    }

    #[test]
    fn a_reference_is_eight_letters_that_can_be_read_out() {
        let id = ConcernId::from_bytes([0xff; 16]);
        assert_eq!(id.reference(), "ZZZZ-ZZZZ");
    }
}
