macro_rules! actions {
    ($($(#[$doc:meta])* $action:ident = $name:literal,)*) => {
        /// Everything that can be asked for. The name is the operation's id in the contract and the
        /// word in the audit log.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action { $($(#[$doc])* $action,)* }

        impl Action {
            /// Every action, in the order of this list.
            pub const ALL: &[Self] = &[$(Self::$action,)*];

            /// The operation's id.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$action => $name,)* }
            }
        }
    };
}

actions! {
    // Sessions
    /// See who one is.
    ReadMe = "read_me",
    // Setup
    /// See how far the school has come.
    ReadSetupProgress = "read_setup_progress",
    /// Make a new link for the device that makes the keys.
    RenewSetupEnrolment = "renew_setup_enrolment",
    // Keys
    /// Invite one's own new device.
    StartEnrolment = "start_enrolment",
    /// Show by an offline code that one has one's device.
    ProvePresence = "prove_presence",
    /// See one's own devices.
    ListDevices = "list_devices",
    /// Say that one's own device is lost.
    LoseDevice = "lose_device",
    /// See who holds keys.
    ListKeyHolders = "list_key_holders",
    /// Ask a device to open the records in this browser.
    StartUnlock = "start_unlock",
    /// Ask how that request stands.
    ReadUnlock = "read_unlock",
    /// Bring back what the app on the same device has opened the page with.
    ReturnUnlock = "return_unlock",
    /// Open the records by a code on paper, where the device has no connection.
    UnlockBySlot = "unlock_by_slot",
    /// Close the records again.
    LockSession = "lock_session",
    // Devices
    /// See how one stands, as a device.
    ReadOwnDevice = "read_own_device",
    /// Read the signed roll.
    ReadRoll = "read_roll",
    /// Read the hashes of the log's lines, to see that it goes on from what one saw.
    ReadLog = "read_log",
    /// See the school's devices, to grant one a key.
    ListSchoolDevices = "list_school_devices",
    /// Have one's own wraps, to grant another device a key.
    ReleaseWraps = "release_wraps",
    /// Add a signed entry to the roll.
    AppendRollEntry = "append_roll_entry",
    /// Let a device's offline codes count.
    DepositCodeSecret = "deposit_code_secret",
    /// Leave what the codes on paper will open.
    DepositSlots = "deposit_slots",
    /// See how many of them are left.
    ReadSlots = "read_slots",
    /// Destroy what is left of them.
    ForgetSlots = "forget_slots",
    /// See which old keys are still in use.
    ListRotations = "list_rotations",
    /// Have what the recovery kit opens, by proving that one has it.
    ReleaseKitParts = "release_kit_parts",
    /// Come back with two recovery sheets, on a new device.
    RecoverDevice = "recover_device",
    /// Say that the recovery sheets were tested.
    RecordKitTest = "record_kit_test",
    /// Begin to make a new recovery kit.
    BeginKit = "begin_kit",
    /// Put a new recovery kit in the place of the old one.
    CompleteKit = "complete_kit",
    /// See which browser asks to unlock.
    ListDeviceUnlocks = "list_device_unlocks",
    /// See the request of a page that has opened the app by a link.
    ReadDeviceUnlock = "read_device_unlock",
    /// Prove number and PIN.
    ClaimUnlock = "claim_unlock",
    /// Hand a browser the keys.
    ApproveUnlock = "approve_unlock",
    /// Say that it was not oneself.
    RefuseUnlock = "refuse_unlock",
    /// See where one's records are open.
    ListDeviceSessions = "list_device_sessions",
    /// Say that a browser is one's own, and to be known from now on.
    KeepBrowser = "keep_browser",
    /// Close the records in one of one's browsers.
    LockFromDevice = "lock_from_device",
    // Recording
    /// Look a pupil's name up for a new concern.
    FindPupilNames = "find_pupil_names",
    /// See the categories.
    ListCategories = "list_categories",
    /// Write a concern down.
    RecordConcern = "record_concern",
    /// Add a file to a concern.
    AttachFile = "attach_file",
    /// Add to or correct a concern.
    AmendConcern = "amend_concern",
    /// See one's own receipts.
    ListReceipts = "list_receipts",
    /// See one receipt and its replies.
    ReadReceipt = "read_receipt",
    // Reading and acting
    /// See what waits.
    ReadDashboard = "read_dashboard",
    /// See how much waits, as a number.
    ReadWaiting = "read_waiting",
    /// See one's alerts.
    ListAlerts = "list_alerts",
    /// Mark an alert read.
    MarkAlertRead = "mark_alert_read",
    /// Seal a batch of records to their compartment's new key.
    RewrapRecords = "rewrap_records",
    /// See the concerns within reach.
    ListConcerns = "list_concerns",
    /// Open a concern.
    ReadConcern = "read_concern",
    /// Open a file of a concern.
    DownloadAttachment = "download_attachment",
    /// Add an action to a concern.
    AddAction = "add_action",
    /// See who has how much still to do.
    ListOpenWork = "list_open_work",
    /// See what a colleague has still to do.
    ListActionsOf = "list_actions_of",
    /// Hand a colleague's outstanding actions to another.
    HandOverActions = "hand_over_actions",
    /// Finish an action.
    CompleteAction = "complete_action",
    /// Answer whoever recorded a concern.
    ReplyToReporter = "reply_to_reporter",
    /// Take a new concern up.
    OpenConcern = "open_concern",
    /// Close a concern.
    CloseConcern = "close_concern",
    /// Take a closed concern up again.
    ReopenConcern = "reopen_concern",
    /// Search the words of the records.
    SearchRecords = "search_records",
    /// Look pupils up within reach.
    SearchPupils = "search_pupils",
    /// See a pupil's profile.
    ReadPupil = "read_pupil",
    /// See a pupil's chronology.
    ReadChronology = "read_chronology",
    /// See who works here, to give them an action.
    ListStaff = "list_staff",
    // Administration
    /// See the people of the school.
    ListPeople = "list_people",
    /// Invite a person.
    InvitePerson = "invite_person",
    /// Change a person's name, roles or state.
    UpdatePerson = "update_person",
    /// Send an invitation again.
    ResendInvitation = "resend_invitation",
    /// Add a category.
    CreateCategory = "create_category",
    /// Change a category.
    UpdateCategory = "update_category",
    /// See the alert rules.
    ListAlertRules = "list_alert_rules",
    /// Add an alert rule.
    CreateAlertRule = "create_alert_rule",
    /// Change an alert rule.
    UpdateAlertRule = "update_alert_rule",
    /// Take an alert rule away.
    DeleteAlertRule = "delete_alert_rule",
    /// See what a roster would change.
    PreviewRoster = "preview_roster",
    /// Take a roster in.
    ImportRoster = "import_roster",
    /// Read the audit log.
    ListAuditEntries = "list_audit_entries",
}
