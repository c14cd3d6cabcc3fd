//! Which actions one rule is for: each is in one group.

use policy::Action;
use policy::Action::*;

/// What every member of staff may do.
pub(super) const EVERYBODY: &[Action] = &[
    ReadMe,
    ReadSetupProgress,
    StartEnrolment,
    ProvePresence,
    ListDevices,
    FindPupilNames,
    ListCategories,
    RecordConcern,
    ListReceipts,
];
/// What is done with one's own.
pub(super) const OWN: &[Action] = &[
    ReadReceipt,
    StartUnlock,
    ReadUnlock,
    ReturnUnlock,
    UnlockBySlot,
    LockSession,
    LoseDevice,
];
/// What the author of a concern may do, and whoever has it within reach.
pub(super) const ADDING: &[Action] = &[AttachFile, AmendConcern];
/// What a short look is for.
pub(super) const LOOKING: &[Action] = &[ReadDashboard, ListAlerts, ListConcerns, ReadConcern];
/// What needs the records open, and more than a short look.
pub(super) const OPEN: &[Action] = &[
    SearchRecords,
    SearchPupils,
    ListStaff,
    DownloadAttachment,
    AddAction,
    CompleteAction,
    ReplyToReporter,
    OpenConcern,
    CloseConcern,
    ReopenConcern,
    ReadPupil,
    ReadChronology,
    ListOpenWork,
    ListActionsOf,
    HandOverActions,
    RewrapRecords,
];
pub(super) const OFFICE: &[Action] = &[
    RenewSetupEnrolment,
    ListPeople,
    InvitePerson,
    UpdatePerson,
    ResendInvitation,
    CreateCategory,
    UpdateCategory,
    ListAlertRules,
    CreateAlertRule,
    UpdateAlertRule,
    DeleteAlertRule,
    PreviewRoster,
    ImportRoster,
];
/// What a device asks, whatever it was granted.
pub(super) const ANY_DEVICE: &[Action] = &[ReadOwnDevice, ReadRoll, ReadLog, ReleaseKitParts];
/// What a granted device asks.
pub(super) const GRANTED_DEVICE: &[Action] = &[
    ReleaseWraps,
    AppendRollEntry,
    DepositCodeSecret,
    DepositSlots,
    ReadSlots,
    ForgetSlots,
    ListRotations,
    KeepBrowser,
    ListDeviceUnlocks,
    ReadDeviceUnlock,
    ClaimUnlock,
    ApproveUnlock,
    RefuseUnlock,
    ListDeviceSessions,
    LockFromDevice,
    RecordKitTest,
];
/// Each has a test of its own.
pub(super) const OTHERS: &[Action] = &[
    ListKeyHolders,
    ReadWaiting,
    MarkAlertRead,
    ListAuditEntries,
    RecoverDevice,
    BeginKit,
    CompleteKit,
    ListSchoolDevices,
];

#[test]
fn every_action_is_in_one_group() {
    let groups = [
        EVERYBODY,
        OWN,
        ADDING,
        LOOKING,
        OPEN,
        OFFICE,
        ANY_DEVICE,
        GRANTED_DEVICE,
        OTHERS,
    ];
    let grouped: Vec<_> = groups.concat();
    for action in Action::ALL {
        let count = grouped.iter().filter(|one| *one == action).count();
        assert_eq!(count, 1, "{action:?}");
    }
    assert_eq!(grouped.len(), Action::ALL.len());
}
