use actix_web::web::Data;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::{SessionId, Timestamp};
use policy::Reach;
use protocol::unlock::UnlockSecret;
use rest::Problem;
use store::{Result, Tx};
use vault::Claims;

use super::identify::{UNLOCK_IDLE_MINUTES, open_unlock};
use super::queries::{Place, Session, email_of, places};
use super::view::{AccountView, LevelView, MemberView, SchoolView, SessionView, UnlockView};
use crate::App;
use crate::keys::{Rolls, has_old_half, has_old_keys};

/// How a session stands at this moment: what a token may be minted for.
pub(crate) struct Standing {
    session: Session,
    now: Timestamp,
    email: String,
    places: Vec<Place>,
    here: Option<Here>,
}

struct Here {
    place: Place,
    key_holder: bool,
    unlock: Option<Open>,
}

struct Open {
    reach: Reach,
    old_keys: bool,
    reference: [u8; 32],
    last_used_at: Timestamp,
    ends_at: Timestamp,
}

/// Looks at a session: role, roll and unlock, as the rows and the roll say now.
///
/// Minting is not use: a page that renews its token by itself would keep a session open for ever, and
/// the records with it.
pub(super) fn standing(
    tx: &mut Tx<'_>,
    rolls: &Rolls,
    session: Session,
    unlock: Option<&UnlockSecret>,
) -> Result<Standing> {
    let email = email_of(tx, session.account_id)?;
    let places = places(tx, session.account_id)?;
    let chosen = places
        .iter()
        .find(|place| {
            Some(place.school) == session.school_id && Some(place.member) == session.member_id
        })
        .cloned();
    let here = match chosen {
        Some(place) => Some(look(tx, rolls, &session, place, unlock)?),
        None => None,
    };
    Ok(Standing {
        session,
        now: tx.now(),
        email,
        places,
        here,
    })
}

fn look(
    tx: &mut Tx<'_>,
    rolls: &Rolls,
    session: &Session,
    place: Place,
    unlock: Option<&UnlockSecret>,
) -> Result<Here> {
    tx.enter(place.school)?;
    let at = u64::try_from(tx.now().seconds()).unwrap_or_default();
    let roll = rolls.read(tx, place.school, place.roll_length)?;
    let old_half = unlock.is_some() && has_old_half(tx)?;
    let unlock = match (&roll, unlock) {
        (Some(roll), Some(secret)) => open_unlock(
            tx,
            place.school,
            place.member,
            session.id,
            secret,
            |device| roll.active(device, at).map(|grant| grant.rights.clone()),
        )?
        .map(|open| Open {
            old_keys: !open.reach.probation
                && (old_half || has_old_keys(roll, &open.reach.compartments)),
            reach: open.reach,
            reference: secret.reference(),
            last_used_at: open.last_used_at,
            ends_at: open.ends_at,
        }),
        _ => None,
    };
    Ok(Here {
        key_holder: roll.is_some_and(|roll| roll.grants_of(place.member, at).next().is_some()),
        place,
        unlock,
    })
}

impl Standing {
    /// The session that was looked at.
    pub(crate) const fn session(&self) -> SessionId {
        self.session.id
    }

    /// Signs a token for it.
    pub(crate) fn mint(self, app: &Data<App>) -> std::result::Result<SessionView, Problem> {
        let subject = match &self.here {
            Some(here) => here.place.member.to_string(),
            None => self.session.account_id.to_string(),
        };
        let mut claims = Claims::issue(
            app.tokens.issuer(),
            self.session.id,
            subject,
            self.now,
            &*app.entropy,
        );
        let scopes = self.scopes();
        let level = match self.here.as_ref().and_then(|here| here.unlock.as_ref()) {
            Some(_) => LevelView::Unlocked,
            None if self
                .session
                .present_until
                .is_some_and(|until| until > self.now) =>
            {
                LevelView::Present
            }
            None => LevelView::SignedIn,
        };
        claims.scope = scopes.join(" ");
        if let Some(here) = &self.here {
            claims.tid = Some(here.place.school);
            claims.mid = Some(here.place.member);
            if let Some(open) = &here.unlock {
                claims.lvl = 2;
                claims.ush = Some(BASE64_URL_SAFE_NO_PAD.encode(open.reference));
            }
        }
        Ok(SessionView {
            access_token: app
                .tokens
                .sign(&claims)
                .map_err(|error| Problem::internal(&error))?,
            expires_in: claims.exp - claims.iat,
            level,
            scopes,
            account: AccountView { email: self.email },
            schools: self.places.iter().map(school_view).collect(),
            unlock: self
                .here
                .as_ref()
                .and_then(|here| here.unlock.as_ref())
                .map(unlock_view),
            member: self
                .here
                .map(|here| member_view(&here.place, here.key_holder)),
        })
    }

    /// Role, roll and level together; each operation's own rule decides in any case.
    fn scopes(&self) -> Vec<&'static str> {
        let Some(here) = &self.here else {
            return Vec::new();
        };
        let unlocked = here.unlock.is_some();
        let looking = here
            .unlock
            .as_ref()
            .is_some_and(|open| open.reach.probation);
        [
            ("record", true),
            ("keys", here.key_holder),
            // Two hats: nobody administers in a session with open records.
            ("administer", here.place.administrator && !unlocked),
            ("audit", here.place.auditor || (unlocked && !looking)),
            ("records", unlocked),
        ]
        .into_iter()
        .filter_map(|(scope, held)| held.then_some(scope))
        .collect()
    }
}

fn school_view(place: &Place) -> SchoolView {
    SchoolView {
        id: place.school,
        name: place.school_name.clone(),
    }
}

pub(super) fn member_view(place: &Place, key_holder: bool) -> MemberView {
    let roles = [
        ("reporter", true),
        ("administrator", place.administrator),
        ("auditor", place.auditor),
    ];
    MemberView {
        id: place.member,
        name: place.name.clone(),
        school: school_view(place),
        roles: roles
            .into_iter()
            .filter_map(|(role, held)| held.then_some(role))
            .collect(),
        key_holder,
    }
}

fn unlock_view(open: &Open) -> UnlockView {
    let idle_until = open.last_used_at.plus_minutes(UNLOCK_IDLE_MINUTES);
    UnlockView {
        id: open.reach.unlock,
        probation: open.reach.probation,
        old_keys: open.old_keys,
        compartments: open
            .reach
            .compartments
            .iter()
            .map(ToString::to_string)
            .collect(),
        categories: open
            .reach
            .categories
            .as_ref()
            .map(|categories| categories.iter().copied().collect()),
        years: open
            .reach
            .years
            .as_ref()
            .map(|years| years.iter().cloned().collect()),
        idle_until: idle_until.min(open.ends_at),
        ends_at: open.ends_at,
    }
}
