use diesel::prelude::*;
use domain::{AccountId, DeviceId, MemberId, SessionId, Timestamp, UnlockId};
use store::dialect::Prepare as _;
use store::schema::{session, unlock};
use store::{Result, Tx};

/// Seconds that a request to unlock waits for its answer.
pub(super) const WAIT_SECONDS: i64 = 120;
/// Minutes without use after which an unlock ends (as `sessions::identify` has it).
const IDLE_MINUTES: i64 = 15;

/// How an unlock stands. Where it goes from here:
///
/// ```text
/// pending ──► claimed ──► approved ──► open ──► locked
///    │           │            │
///    │           │            └──► expired
///    ├──► failed (wrong number), refused ("not me"), expired, locked
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It waits for a device.
    Pending,
    /// A device has proved number and PIN.
    Claimed,
    /// A device has sealed the keys; the browser has not come for them yet.
    Approved,
    /// The records are open.
    Open,
    /// The number was wrong.
    Failed,
    /// The owner said that it was not them.
    Refused,
    /// It is closed again, or was given up.
    Locked,
}

impl State {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Claimed => "claimed",
            Self::Approved => "approved",
            Self::Open => "open",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Locked => "locked",
        }
    }

    fn read(text: &str) -> Self {
        match text {
            "pending" => Self::Pending,
            "claimed" => Self::Claimed,
            "approved" => Self::Approved,
            "open" => Self::Open,
            "failed" => Self::Failed,
            "refused" => Self::Refused,
            _ => Self::Locked,
        }
    }
}

/// An unlock as its row has it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = unlock)]
pub(super) struct Unlock {
    pub(super) id: UnlockId,
    pub(super) member_id: MemberId,
    pub(super) session_id: SessionId,
    state: String,
    pub(super) secret_hash: Vec<u8>,
    pub(super) session_key: Vec<u8>,
    pub(super) number: String,
    pub(super) known_browser: bool,
    pub(super) kept: bool,
    /// Whether a link opens the app in the place of a number.
    pub(super) hand_off: bool,
    pub(super) return_hash: Option<Vec<u8>>,
    pub(super) browser: String,
    pub(super) device_id: Option<DeviceId>,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) opened_at: Option<Timestamp>,
    pub(super) last_used_at: Option<Timestamp>,
    pub(super) ends_at: Option<Timestamp>,
}

impl Unlock {
    pub(super) fn state(&self) -> State {
        State::read(&self.state)
    }

    /// Whether it still waits for its answer.
    pub(super) fn waits(&self, now: Timestamp) -> bool {
        matches!(
            self.state(),
            State::Pending | State::Claimed | State::Approved
        ) && self.expires_at > now
    }

    /// Whether the records are open by it.
    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.state() == State::Open
            && self.ends_at.is_some_and(|ends| ends > now)
            && self
                .last_used_at
                .is_some_and(|used| used.plus_minutes(IDLE_MINUTES) > now)
    }
}

/// Whose session it is.
pub(super) fn account_of(tx: &mut Tx<'_>, id: SessionId) -> Result<AccountId> {
    Ok(session::table
        .find(id)
        .select(session::account_id)
        .prepared()
        .get_result(tx.connection())?)
}

/// An unlock of the school.
pub(super) fn find(tx: &mut Tx<'_>, id: UnlockId) -> Result<Option<Unlock>> {
    let school = tx.school();
    Ok(unlock::table
        .find((school, id))
        .select(Unlock::as_select())
        .prepared()
        .get_result(tx.connection())
        .optional()?)
}

/// A member's unlocks since an instant, newest first.
pub(super) fn since(tx: &mut Tx<'_>, member: MemberId, from: Timestamp) -> Result<Vec<Unlock>> {
    let school = tx.school();
    Ok(unlock::table
        .filter(unlock::school_id.eq(school))
        .filter(unlock::member_id.eq(member))
        .filter(unlock::created_at.gt(from))
        .order_by((unlock::created_at.desc(), unlock::id.desc()))
        .select(Unlock::as_select())
        .load(tx.connection())?)
}

/// Moves an unlock on, if it stands where it is thought to stand; whether it did.
pub(super) fn advance(tx: &mut Tx<'_>, id: UnlockId, from: State, to: State) -> Result<bool> {
    let school = tx.school();
    let moved = diesel::update(
        unlock::table
            .find((school, id))
            .filter(unlock::state.eq(from.as_str())),
    )
    .set(unlock::state.eq(to.as_str()))
    .prepared()
    .execute(tx.connection())?;
    Ok(moved == 1)
}

/// Ends an unlock that waits or is open: what was sealed for it is destroyed.
pub(super) fn end(tx: &mut Tx<'_>, id: UnlockId, how: State) -> Result<bool> {
    let (school, now) = (tx.school(), tx.now());
    let ended = diesel::update(
        unlock::table
            .find((school, id))
            .filter(unlock::state.eq_any(LIVE)),
    )
    .set((
        unlock::state.eq(how.as_str()),
        unlock::ends_at.eq(now),
        unlock::sealed_bundle.eq(None::<Vec<u8>>),
    ))
    .prepared()
    .execute(tx.connection())?;
    Ok(ended == 1)
}

const LIVE: [&str; 4] = ["pending", "claimed", "approved", "open"];

macro_rules! lock_where {
    ($tx:ident, $condition:expr) => {{
        let (school, now) = ($tx.school(), $tx.now());
        diesel::update(
            unlock::table
                .filter(unlock::school_id.eq(school))
                .filter(unlock::state.eq_any(LIVE))
                .filter($condition),
        )
        .set((
            unlock::state.eq(State::Locked.as_str()),
            unlock::ends_at.eq(now),
            unlock::sealed_bundle.eq(None::<Vec<u8>>),
        ))
        .prepared()
        .execute($tx.connection())?
    }};
}

/// Closes what is open, or asked for, in the whole school.
pub(crate) fn lock_all_of_school(tx: &mut Tx<'_>) -> Result<usize> {
    Ok(lock_where!(tx, unlock::school_id.eq(tx.school())))
}

/// Closes what is open, or asked for, in a session; how many unlocks that were.
pub(crate) fn lock_all_of_session(tx: &mut Tx<'_>, session: SessionId) -> Result<usize> {
    Ok(lock_where!(tx, unlock::session_id.eq(session)))
}

/// Closes what is open, or asked for, in any browser of a member.
pub(crate) fn lock_all_of_member(tx: &mut Tx<'_>, member: MemberId) -> Result<usize> {
    Ok(lock_where!(tx, unlock::member_id.eq(member)))
}

/// Ends what still waits for one of a member's devices; what is open stays open.
pub(super) fn lock_waiting_of_member(tx: &mut Tx<'_>, member: MemberId) -> Result<usize> {
    Ok(lock_where!(
        tx,
        unlock::member_id
            .eq(member)
            .and(unlock::state.ne(State::Open.as_str()))
    ))
}

/// Closes what a device has opened.
pub(super) fn lock_all_of_device(tx: &mut Tx<'_>, device: DeviceId) -> Result<usize> {
    Ok(lock_where!(tx, unlock::device_id.eq(device)))
}
