use domain::{CategoryId, MemberId, SchoolId, Timestamp, UnlockId, YearGroup};
use serde::Serialize;

/// A signed-in browser: what it may do, for the next five minutes.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionView {
    /// Send it as `Authorization: Bearer …`; keep it in memory only.
    pub(super) access_token: String,
    /// Seconds that it lasts.
    #[schema(example = 300)]
    pub(super) expires_in: i64,
    /// How far the sign-in reaches.
    pub(super) level: LevelView,
    /// What the token may be used for: `record`, `keys`, `administer`, `audit`, `records`.
    pub(super) scopes: Vec<&'static str>,
    /// Who signed in.
    pub(super) account: AccountView,
    /// The schools in which this person has a place.
    pub(super) schools: Vec<SchoolView>,
    /// The place in the chosen school; missing until one is chosen.
    pub(super) member: Option<MemberView>,
    /// What is open in this browser.
    pub(super) unlock: Option<UnlockView>,
}

/// How far a sign-in reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Level)]
pub(super) enum LevelView {
    /// Nothing is open.
    SignedIn,
    /// Nothing is open; an offline code has shown that the person has their device.
    Present,
    /// The records that `unlock` names are open.
    Unlocked,
}

/// Who signs in.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Account)]
pub(super) struct AccountView {
    /// The address, as it was written first.
    #[schema(example = "carys@larkspur.example")]
    pub(super) email: String,
}

impl std::fmt::Debug for AccountView {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[account]")
    }
}

/// A school.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = School)]
pub(super) struct SchoolView {
    /// Which.
    pub(super) id: SchoolId,
    /// Its name.
    pub(super) name: String,
}

/// A person's place in one school.
#[derive(Clone, Serialize, utoipa::ToSchema)]
#[schema(as = Member)]
pub(super) struct MemberView {
    /// Which member.
    pub(super) id: MemberId,
    /// Their name.
    pub(super) name: String,
    /// The school.
    pub(super) school: SchoolView,
    /// Always `reporter`; `administrator` and `auditor` where the school made them so.
    pub(super) roles: Vec<&'static str>,
    /// Whether the signed roll grants one of their devices something.
    pub(super) key_holder: bool,
}

impl std::fmt::Debug for MemberView {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "MemberView({})", self.id)
    }
}

/// What is open in this browser, and until when.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
#[schema(as = UnlockInfo)]
pub(super) struct UnlockView {
    /// Which unlock.
    pub(super) id: UnlockId,
    /// The compartments whose keys were handed over.
    pub(super) compartments: Vec<String>,
    /// The categories within the grant; null for all.
    pub(super) categories: Option<Vec<CategoryId>>,
    /// The year groups within the grant; null for all.
    pub(super) years: Option<Vec<YearGroup>>,
    /// Whether it is a short look only, in a browser that is not known: reading, twenty records at most.
    pub(super) probation: bool,
    /// Whether records may still be sealed to a key that another has replaced. Then whoever has them open asks
    /// `rewrap_records` until there are no more; never in a short look.
    pub(super) old_keys: bool,
    /// When it ends if nothing is done until then.
    pub(super) idle_until: Timestamp,
    /// When it ends in any case.
    pub(super) ends_at: Timestamp,
}
