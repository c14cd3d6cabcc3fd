//! Strings that have broken something somewhere, and such as would break us.

use std::sync::OnceLock;

/// Those of `tests/data/blns`.
pub(super) fn naughty() -> &'static [String] {
    static STRINGS: OnceLock<Vec<String>> = OnceLock::new();
    STRINGS.get_or_init(|| {
        let strings = include_str!("../../data/blns/blns.json");
        let strings: Vec<String> = serde_json::from_str(strings).unwrap();
        assert_eq!(strings.len(), 515);
        strings
    })
}

/// What each layer of ours has its own trouble with: PostgreSQL with NUL and with instants before 4713 BC,
/// patterns with wildcards, spreadsheets with formulas, headers with line ends, screens with directions.
pub(super) fn ours() -> Vec<String> {
    let mut strings: Vec<String> = [
        "",
        " ",
        "\0",
        "a\0b",
        "\u{1}\u{7f}\u{85}",
        "\r\n\r\nHTTP/1.1 200 OK",
        "x\r\nBcc: somebody@elsewhere.example",
        "\u{feff}begins with a mark",
        "\u{fffe}\u{ffff}\u{10ffff}",
        "\u{202e}txt.exe",
        "a\u{2028}b\u{2029}c",
        "e\u{301}\u{212b}\u{fb01}\u{1100}\u{1161}",
        "%_\\%' or ''='",
        "=cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd",
        "{\"type\":\"/problems/not-found\"}",
        "</script><img src=x onerror=alert(1)>",
        "${jndi:ldap://127.0.0.1/a}",
        "../../../../etc/passwd",
        "0000-01-01T00:00:00Z",
        "-262143-01-01T00:00:00Z",
        "+262142-12-31T23:59:60Z",
        "-262143-01-01",
        "+262142-12-31",
        "9999-12-31T23:59:59.999999999Z",
        "con_00000000000000000000000000000000",
        "con_ffffffffffffffffffffffffffffffff",
        "99999999999999999999999999",
        "null",
        "a@b.example\0",
    ]
    .map(str::to_owned)
    .into();
    strings.push("\u{301}".repeat(5_000));
    strings.push("W".repeat(20_001));
    strings.push("\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467} ".repeat(3_000));
    strings
}

/// Whether every combination is tried, and not a sample.
pub(super) fn all() -> bool {
    std::env::var_os("SAFEHOLD_HOSTILE").is_some_and(|word| word == "all")
}

/// The strings for one place: all of [`ours`], and of the [`naughty`] ones every so many, others for each place.
pub(super) fn for_place(place: usize, every: usize) -> Vec<String> {
    let every = if all() { 1 } else { every };
    let sample = naughty().iter().skip(place % every).step_by(every);
    ours().into_iter().chain(sample.cloned()).collect()
}
