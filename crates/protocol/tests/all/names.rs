//! The words that stand in signed entries: another spelling is another meaning, for every device at once.

use protocol::roll::{Capability, StoreKind};

#[test]
fn each_capability_is_signed_read_and_shown_by_its_one_name() {
    let names = [
        "export", "grant", "kit", "purge", "restrict", "revoke", "rotate", "transfer",
    ];
    for (capability, name) in Capability::ALL.into_iter().zip(names) {
        assert_eq!(capability.name(), name);
        assert_eq!(capability.to_string(), name);
        assert_eq!(capability.as_ref(), name);
        assert_eq!(name.parse::<Capability>().unwrap(), capability);
    }
    for other in ["", "Grant", "grant ", "grants", "xyzzy"] {
        assert!(other.parse::<Capability>().is_err(), "{other:?}");
    }
}

#[test]
fn where_a_seed_is_kept_is_signed_and_read_by_its_one_name() {
    let names = ["protected", "desktop", "file", "memory"];
    for (kind, name) in StoreKind::ALL.into_iter().zip(names) {
        assert_eq!(kind.name(), name);
        assert_eq!(name.parse::<StoreKind>().unwrap(), kind);
    }
    for other in ["", "Protected", "cloud"] {
        assert!(other.parse::<StoreKind>().is_err(), "{other:?}");
    }
}
