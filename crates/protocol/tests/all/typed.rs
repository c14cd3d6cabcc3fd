//! What people type: each limit, from both sides.

use domain::{DeviceId, SchoolId, SeededEntropy};
use protocol::codes::{CodeSecret, STEP_SECONDS, seconds_left};
use protocol::compartments::Compartment;
use protocol::device::{DeviceKeys, DeviceRequest, DeviceSeed, MAX_AGE_SECONDS};
use protocol::kit::{KitSeed, MistypedSheet, Sheet, TypedLine, combine, look_at_line};
use protocol::pin::{WeakPin, check_strength};
use protocol::words::Words;

const SCHOOL: SchoolId = SchoolId::from_bytes([5; 16]);

fn sheets(seed: u8) -> [Sheet; 3] {
    KitSeed::from_bytes([seed; 16]).split(SCHOOL, &SeededEntropy::new([seed; 32]))
}

fn lines(sheet: &Sheet) -> Vec<String> {
    sheet.lines().iter().map(|line| line.to_string()).collect()
}

#[test]
fn a_line_of_a_sheet_is_unfinished_until_it_is_sound_or_holds_a_slip() {
    for sheet in sheets(1) {
        for (place, line) in (1..).zip(lines(&sheet)) {
            let bare: String = line.split(' ').collect();
            assert_eq!(bare.len(), if place == 6 { 4 } else { 12 });
            assert_eq!(look_at_line(place, ""), TypedLine::Unfinished);
            for end in 1..bare.len() {
                assert_eq!(look_at_line(place, &bare[..end]), TypedLine::Unfinished);
            }
            for written in [line.clone(), bare.to_lowercase(), line.replace(' ', "-")] {
                assert_eq!(look_at_line(place, &written), TypedLine::Sound, "{written}");
            }
            // One too many; a character that no line has; each other character at each place.
            assert_eq!(look_at_line(place, &format!("{bare}7")), TypedLine::Slip);
            for at in 0..bare.len() {
                for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZU£".chars() {
                    let changed: String = bare
                        .chars()
                        .enumerate()
                        .map(|(here, letter)| if here == at { other } else { letter })
                        .collect();
                    if changed != bare {
                        assert_eq!(look_at_line(place, &changed), TypedLine::Slip, "{changed}");
                    }
                }
            }
            // In another line's place, and in none.
            for elsewhere in (0..8).filter(|elsewhere| *elsewhere != place) {
                let looks = look_at_line(elsewhere, &line);
                assert_ne!(looks, TypedLine::Sound, "{line} as line {elsewhere}");
            }
            for nowhere in [0, 7, usize::MAX] {
                assert_eq!(look_at_line(nowhere, &line), TypedLine::Slip);
                assert_eq!(look_at_line(nowhere, ""), TypedLine::Slip);
            }
        }
    }
}

#[test]
fn a_sheet_says_its_number_its_last_four_characters_and_reads_back_in_each_form() {
    for (number, sheet) in (1..).zip(sheets(2)) {
        assert_eq!(sheet.number(), number);
        assert_eq!(*sheet.last_four(), lines(&sheet)[5]);
        assert_eq!(sheet.last_four().len(), 4);
        assert_eq!(sheet.code().len(), 58);
        // Groups of four: two gaps in a line of twelve, none in the last.
        let gaps: Vec<_> = lines(&sheet)
            .iter()
            .map(|line| line.matches(' ').count())
            .collect();
        assert_eq!(gaps, [2, 2, 2, 2, 2, 0]);
        for written in [lines(&sheet).join("\n"), sheet.code().to_string()] {
            let again = Sheet::parse(SCHOOL, &written).unwrap();
            assert_eq!((again.code(), again.number()), (sheet.code(), number));
        }
    }
}

#[test]
fn a_code_that_is_not_one_sheet_of_this_school_is_none() {
    let [one, two, _] = sheets(3);
    let not_one = |text: &str| Sheet::parse(SCHOOL, text).map(|_| ());
    assert_eq!(not_one(&one.code()[1..]), Err(MistypedSheet::Length));
    assert_eq!(
        not_one(&format!("{}0", *one.code())),
        Err(MistypedSheet::Length)
    );
    // Any one character of a scanned code, also the bits that no byte holds.
    for at in 0..58 {
        for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZU".chars() {
            let code: String = one
                .code()
                .chars()
                .enumerate()
                .map(|(here, letter)| if here == at { other } else { letter })
                .collect();
            if code != *one.code() {
                assert_eq!(not_one(&code), Err(MistypedSheet::NotOneSheet), "{code}");
            }
        }
    }
    // Lines of two sheets, each sound.
    let (mut mixed, other) = (lines(&one), lines(&two));
    mixed[1].clone_from(&other[1]);
    assert_eq!(not_one(&mixed.join(" ")), Err(MistypedSheet::NotOneSheet));
    let elsewhere = SchoolId::from_bytes([6; 16]);
    assert!(Sheet::parse(elsewhere, &one.code()).is_err());
}

#[test]
fn each_pair_of_sheets_gives_the_seed_and_no_other_pair_does() {
    let (ours, theirs) = (sheets(4), sheets(5));
    for one in 0..3 {
        for other in 0..3 {
            let pair = combine(&ours[one], &ours[other]);
            match one == other {
                true => assert!(pair.is_err()),
                false => assert_eq!(pair.unwrap().expose(), &[4; 16]),
            }
            assert!(
                combine(&ours[one], &theirs[other]).is_err(),
                "{one} {other}"
            );
        }
    }
}

#[test]
fn a_pin_has_six_to_twelve_digits_and_does_not_count() {
    for good in ["483920", "483920175264", "112345", "135791"] {
        assert_eq!(check_strength(good), Ok(()), "{good}");
    }
    for short in ["", "48392", "4839201752641", "48392a", "48392٣"] {
        assert_eq!(check_strength(short), Err(WeakPin::NotDigits), "{short}");
    }
    for easy in [
        "000000",
        "777777777777",
        "123456",
        "3456789",
        "987654",
        "543210",
    ] {
        assert_eq!(check_strength(easy), Err(WeakPin::Guessable), "{easy}");
    }
}

#[test]
fn a_word_is_taken_whole_or_by_its_first_letters_from_four_on() {
    let words = |text: &str| text.parse::<Words>().map(|words| words.list());
    let said = ["able", "acid", "act", "ability", "aboard", "about"];
    assert_eq!(words("able acid act ability aboard about").unwrap(), said);
    assert_eq!(words("  ABLE, acid-act\nabil  aboar abou ").unwrap(), said);
    // Three letters of a longer word, letters that it has not, and too many of a short one.
    for wrong in ["abl", "abi", "abilities", "abilx", "acids", "acts", "ac"] {
        let text = format!("able acid act ability aboard {wrong}");
        assert!(words(&text).is_err(), "{wrong}");
    }
    assert!(words("able acid act ability aboard").is_err());
    assert!(words("able acid act ability aboard about able").is_err());
    assert!(words("").is_err());
}

#[test]
fn a_compartment_of_the_schools_own_has_a_short_plain_name() {
    for name in ["a", "z-9", &"a".repeat(32)] {
        let own: Compartment = name.parse().unwrap();
        assert_eq!(own.name(), name);
        assert!(!own.is_common() && !own.is_about_adults());
    }
    for name in ["", &"a".repeat(33), "Own", "our own", "über", "a_b"] {
        assert!(name.parse::<Compartment>().is_err(), "{name:?}");
    }
    let adults: Vec<_> = Compartment::ALL_COMMON
        .into_iter()
        .filter(Compartment::is_about_adults)
        .collect();
    assert_eq!(adults, [Compartment::HEAD, Compartment::STAFF]);
    for common in Compartment::ALL_COMMON {
        assert!(common.is_common());
        assert_eq!(common.name().parse::<Compartment>().unwrap(), common);
    }
}

#[test]
fn an_offline_code_says_how_long_it_lasts_and_its_first_step_has_none_before() {
    let left: Vec<u64> = [0, 1, 29, 30, 31, 59].map(seconds_left).into();
    assert_eq!(left, [30, 29, 1, 30, 29, 1]);
    let secret = CodeSecret::of(&DeviceSeed::from_bytes([1; 32]));
    assert_eq!(secret.code(0).len(), 8);
    assert_eq!(secret.check(&secret.code(0), 4), Some(0));
    assert_eq!(secret.check(&secret.code(30), 4), None);
    assert_eq!(secret.check(&secret.code(0), STEP_SECONDS + 4), Some(0));
    assert_eq!(secret.check(&secret.code(0), STEP_SECONDS + 5), None);
    // Of one device.
    let other = CodeSecret::of(&DeviceSeed::from_bytes([2; 32]));
    assert_ne!(other.code(0), secret.code(0));
}

#[test]
fn a_request_is_timely_for_two_minutes_either_way() {
    let keys = DeviceKeys::of(&DeviceSeed::from_bytes([1; 32])).unwrap();
    let request = DeviceRequest {
        method: "GET",
        target: "/v1/device",
        body: b"",
    };
    let at = 1_795_000_000;
    let device = DeviceId::from_bytes([2; 16]);
    let signed = request.sign(
        SCHOOL,
        device,
        keys.sign(),
        at,
        &SeededEntropy::new([3; 32]),
    );
    assert_eq!(MAX_AGE_SECONDS, 120);
    for now in [at - 120, at, at + 120] {
        assert!(signed.is_timely(now));
    }
    for now in [0, at - 121, at + 121, u64::MAX] {
        assert!(!signed.is_timely(now));
    }
}
