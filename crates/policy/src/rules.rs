use crate::{Action, Actor, Caller, ConcernFacts, Facts, Level, Reach};

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Go on.
    Allow,
    /// Answer as if there were nothing there.
    Hide(Why),
    /// Say that it is not allowed: the caller may know that the thing exists.
    Deny(Why),
}

/// Why something was refused. The audit log says it; the caller is told only what `Deny` shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Nobody is signed in.
    NotSignedIn,
    /// The person has not the role for it.
    NotTheRole,
    /// The records are locked in this browser.
    Locked,
    /// Administration is done in a session without open records.
    TwoHats,
    /// The record lies outside the grant.
    NeedToKnow,
    /// The thing is another person's.
    NotTheirs,
    /// Nothing has shown that the person has their device.
    NotPresent,
    /// The records are open for a short look only, in a browser that is not known.
    Probation,
}

impl Why {
    /// The words in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSignedIn => "not signed in",
            Self::NotTheRole => "not the role",
            Self::Locked => "locked",
            Self::TwoHats => "two hats",
            Self::NeedToKnow => "need to know",
            Self::NotTheirs => "not theirs",
            Self::NotPresent => "not present",
            Self::Probation => "probation",
        }
    }
}

/// Whether `caller` may do `action` to what `facts` describe.
pub fn decide(caller: &Caller, action: Action, facts: Facts<'_>) -> Decision {
    use Action::*;

    if matches!(caller.level, Level::Anonymous) {
        return Decision::Deny(Why::NotSignedIn);
    }
    if let Actor::Device(..) = caller.actor {
        return of_device(action, facts);
    }
    match action {
        // What every member of staff may do.
        ReadMe | ReadSetupProgress | StartEnrolment | ProvePresence | ListDevices
        | FindPupilNames | ListCategories | RecordConcern | ListReceipts => Decision::Allow,
        ReadReceipt | StartUnlock | ReadUnlock | ReturnUnlock | UnlockBySlot | LockSession
        | LoseDevice => own(caller, facts),

        // The author may add to what they have just written, and sees nothing of it.
        AttachFile | AmendConcern => match facts {
            Facts::Concern(concern) if is_author(caller, concern) => {
                match action == AmendConcern || concern.fresh {
                    true => Decision::Allow,
                    false => adding(caller, facts),
                }
            }
            _ => adding(caller, facts),
        },

        // What a key holder may do with the records locked.
        ListKeyHolders => match caller.roles.key_holder {
            true => Decision::Allow,
            false => Decision::Hide(Why::NotTheRole),
        },

        // Numbers: for whoever has shown that the device is there.
        ReadWaiting => match (&caller.level, caller.roles.key_holder) {
            (_, false) => Decision::Hide(Why::NotTheRole),
            (Level::Present | Level::Unlocked(_), true) => Decision::Allow,
            (_, true) => Decision::Deny(Why::NotPresent),
        },

        // What needs the records open.
        ReadDashboard | ListAlerts | ListConcerns | SearchRecords | SearchPupils | ListStaff
        | ReadConcern | DownloadAttachment | AddAction | CompleteAction | ReplyToReporter
        | OpenConcern | CloseConcern | ReopenConcern | ReadPupil | ReadChronology
        | ListOpenWork | ListActionsOf | HandOverActions | RewrapRecords => {
            match within_reach(caller, facts) {
                Decision::Allow if on_probation(caller) && !may_look(action) => {
                    Decision::Deny(Why::Probation)
                }
                decided => decided,
            }
        }
        MarkAlertRead => match within_reach(caller, Facts::School) {
            Decision::Allow => own(caller, facts),
            refused => refused,
        },

        // Administration, never with records open in the same session.
        RenewSetupEnrolment | ListPeople | InvitePerson | UpdatePerson | ResendInvitation
        | CreateCategory | UpdateCategory | ListAlertRules | CreateAlertRule | UpdateAlertRule
        | DeleteAlertRule | PreviewRoster | ImportRoster => {
            match (&caller.level, caller.roles.administrator) {
                (_, false) => Decision::Hide(Why::NotTheRole),
                (Level::Unlocked(_), true) => Decision::Deny(Why::TwoHats),
                (_, true) => Decision::Allow,
            }
        }

        // What only a device asks.
        ReadOwnDevice | ReadRoll | ReadLog | ListSchoolDevices | ReleaseWraps | AppendRollEntry
        | ReleaseKitParts | RecoverDevice | RecordKitTest | BeginKit | CompleteKit
        | DepositCodeSecret | DepositSlots | ReadSlots | ForgetSlots | ListRotations
        | KeepBrowser | ListDeviceUnlocks | ReadDeviceUnlock | ClaimUnlock | ApproveUnlock
        | RefuseUnlock | ListDeviceSessions | LockFromDevice => Decision::Hide(Why::NotTheRole),

        ListAuditEntries => match &caller.level {
            _ if caller.roles.auditor => Decision::Allow,
            Level::Unlocked(reach) if reach.probation => Decision::Deny(Why::Probation),
            Level::Unlocked(_) => Decision::Allow,
            _ if caller.roles.key_holder => Decision::Deny(Why::Locked),
            _ => Decision::Hide(Why::NotTheRole),
        },
    }
}

/// What a device may ask in its own name, by the signature on its request: keys, never records.
fn of_device(action: Action, facts: Facts<'_>) -> Decision {
    use Action::*;

    let Facts::Device(device) = facts else {
        return Decision::Hide(Why::NotTheRole);
    };
    let allowed = match action {
        // The kit itself is proved by its signature, which the roll checks.
        ReadOwnDevice | ReadRoll | ReadLog | ReleaseKitParts => true,
        // Whoever holds keys has no need of it.
        RecoverDevice => !device.granted,
        RecordKitTest => device.granted,
        BeginKit | CompleteKit => device.granted && device.may_make_kit,
        ReleaseWraps | AppendRollEntry | DepositCodeSecret | DepositSlots | ReadSlots
        | ForgetSlots | ListRotations | KeepBrowser | ListDeviceUnlocks | ReadDeviceUnlock
        | ClaimUnlock | ApproveUnlock | RefuseUnlock | ListDeviceSessions | LockFromDevice => {
            device.granted
        }
        ListSchoolDevices => device.granted && device.may_grant,
        _ => return Decision::Hide(Why::NotTheRole),
    };
    match allowed {
        true => Decision::Allow,
        false => Decision::Deny(Why::NotTheRole),
    }
}

fn on_probation(caller: &Caller) -> bool {
    caller.reach().is_some_and(|reach| reach.probation)
}

/// What a short look is for: seeing what waits, and opening some of it. Not searching, not taking out, not
/// changing.
const fn may_look(action: Action) -> bool {
    matches!(
        action,
        Action::ReadDashboard | Action::ListAlerts | Action::ListConcerns | Action::ReadConcern
    )
}

/// Adding to another's concern needs it within reach. To whoever has it not, locked or not, it does not
/// exist: the author's own answer would otherwise tell which ids do.
fn adding(caller: &Caller, facts: Facts<'_>) -> Decision {
    match within_reach(caller, facts) {
        Decision::Allow if on_probation(caller) => Decision::Hide(Why::Probation),
        Decision::Allow => Decision::Allow,
        Decision::Deny(why) | Decision::Hide(why) => Decision::Hide(why),
    }
}

fn is_author(caller: &Caller, concern: &ConcernFacts) -> bool {
    concern.author.is_some() && concern.author == caller.member()
}

fn own(caller: &Caller, facts: Facts<'_>) -> Decision {
    match facts {
        Facts::Of(member) if caller.member() == Some(member) => Decision::Allow,
        _ => Decision::Hide(Why::NotTheirs),
    }
}

fn within_reach(caller: &Caller, facts: Facts<'_>) -> Decision {
    let Some(reach) = caller.reach() else {
        // A key holder is told to unlock; for everybody else the records do not exist.
        return match caller.roles.key_holder {
            true => Decision::Deny(Why::Locked),
            false => Decision::Hide(Why::NotTheRole),
        };
    };
    let visible = match facts {
        Facts::School => true,
        Facts::Concern(concern) => sees(reach, concern),
        Facts::Pupil(year) => reach.has_year(year),
        Facts::Of(_) | Facts::Device(_) => false,
    };
    match visible {
        true => Decision::Allow,
        false => Decision::Hide(Why::NeedToKnow),
    }
}

/// A concern is within reach if its key is there, all of its categories and at least one of its
/// subjects' year groups are granted, and its reader is not shut out by name.
///
/// All of the categories, because one that was not granted is what the restriction is for. A concern
/// that names no subject is only within a grant that covers every year group.
fn sees(reach: &Reach, concern: &ConcernFacts) -> bool {
    reach.compartments.contains(&concern.compartment)
        && !reach.excluded.contains(&concern.id)
        && (reach.categories.is_none()
            || concern
                .categories
                .iter()
                .all(|category| reach.has_category(*category)))
        && (reach.years.is_none()
            || concern
                .subject_years
                .iter()
                .any(|year| reach.has_year(year.as_ref())))
}
