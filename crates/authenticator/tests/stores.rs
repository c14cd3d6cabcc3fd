//! Where keys and profiles are kept between two runs.

use authenticator::{FileStore, KeyStore, ProfileFile, ProfileStore};
use protocol::roll::StoreKind;

#[test]
fn a_file_keeps_a_key_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep").join("keys.json");
    let store = FileStore::at(path.clone());
    assert_eq!(store.kind(), StoreKind::File);
    assert_eq!(store.get("a"), Ok(None));
    store.put("a", &[1, 2, 255]).unwrap();
    store.put("b", &[9]).unwrap();
    let again = FileStore::at(path.clone());
    assert_eq!(again.get("a").unwrap().unwrap().as_slice(), [1, 2, 255]);
    again.forget("a").unwrap();
    again.forget("a").unwrap();
    assert_eq!(store.get("a"), Ok(None));
    assert_eq!(store.get("b").unwrap().unwrap().as_slice(), [9]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::write(&path, b"not json").unwrap();
    assert!(
        store.get("b").is_err(),
        "damage is said, not taken for empty"
    );
    assert!(
        store.put("c", &[1]).is_err(),
        "and nothing is written over it"
    );
}

#[test]
fn a_damaged_profile_is_not_taken_for_a_new_device() {
    let folder = tempfile::tempdir().unwrap();
    let profiles = ProfileFile::within(folder.path());
    assert_eq!(profiles.load(), Ok(None));
    std::fs::write(folder.path().join("profile.json"), b"{").unwrap();
    assert!(profiles.load().is_err());
}
