//! The links between page and app: what is read is what was written, of the origin that is in it.

use domain::{SchoolId, UnlockId};
use proptest::prelude::*;
use protocol::hand_off::{HandOff, ReturnToken};

proptest! {
    #[test]
    fn a_link_reads_back_in_both_forms(unlock in any::<[u8; 16]>(), port in 1u16..) {
        let link = HandOff {
            origin: format!("https://safehold.larkspur.example:{port}"),
            unlock: UnlockId::from_bytes(unlock),
        };
        let scheme = link.to_scheme();
        let slashes = scheme.replace("safehold:", "safehold://");
        let more = scheme.replace("safehold:unlock?", "safehold:///unlock/?");
        for text in [link.to_url(), scheme, slashes, more, format!("  {}\n", link.to_url())] {
            prop_assert_eq!(HandOff::from_url(&text), Ok(link.clone()));
        }
    }

    #[test]
    fn a_token_is_of_one_unlock_in_one_school(token in any::<[u8; 32]>(), bit in 0usize..256) {
        let (school, unlock) = (SchoolId::from_bytes([1; 16]), UnlockId::from_bytes([2; 16]));
        let hash = ReturnToken::from_bytes(token).hash(school, unlock);
        let mut other = token;
        other[bit / 8] ^= 1 << (bit % 8);
        prop_assert_ne!(ReturnToken::from_bytes(other).hash(school, unlock), hash);
        let token = ReturnToken::from_bytes(token);
        prop_assert_ne!(token.hash(SchoolId::from_bytes([9; 16]), unlock), hash);
        prop_assert_ne!(token.hash(school, UnlockId::from_bytes([9; 16])), hash);
    }
}

#[test]
fn the_token_stands_where_no_server_sees_it() {
    let unlock = UnlockId::from_bytes([2; 16]);
    let url = ReturnToken::from_bytes([7; 32]).to_url("https://safehold.example", unlock);
    let (sent, kept) = url.split_once('#').unwrap();
    assert_eq!(sent, "https://safehold.example/app/return");
    assert_eq!(
        kept,
        format!("{unlock}.BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc")
    );
    assert_eq!(
        format!("{:?}", ReturnToken::from_bytes([7; 32])),
        "ReturnToken([secret])"
    );
}

#[test]
fn what_is_no_link_of_a_page_opens_nothing() {
    let unlock = UnlockId::from_bytes([2; 16]);
    for text in [
        String::new(),
        "https://safehold.example/app/unlock".to_owned(),
        "https://safehold.example/app/unlock?u=".to_owned(),
        "https://safehold.example/app/unlock?u=unl_1".to_owned(),
        format!("http://safehold.example/app/unlock?u={unlock}"),
        format!("https://safehold.example@evil.example/app/unlock?u={unlock}"),
        format!("https://safehold.example/app/unlock?u={unlock}&o=https://evil.example"),
        format!("https://safehold.example/elsewhere/app/unlock?u={unlock}"),
        format!("safehold:unlock?u={unlock}"),
        format!("safehold:unlock?o=https://safehold.example&u={unlock}"),
        format!("safehold:unlock?u={unlock}&o=https://safehold.example/app"),
        format!("safehold:enrol?u={unlock}&o=https://safehold.example"),
        format!(
            "https://safehold.example/app/unlock?u=sch_{}",
            "0".repeat(32)
        ),
    ] {
        assert!(HandOff::from_url(&text).is_err(), "{text}");
    }
}
