//! What people type.

use api::outside;
use domain::{
    ChildWords, ConcernId, Detail, EmailAddress, Narrative, PersonName, SchoolId, ShortText,
    Timestamp, YearGroup, fold_name,
};

/// A search that finds a text shows where, within it, in order; and one that does not shows nothing of
/// all its words.
pub fn search_words(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (words, text) = text.split_once('\n').unwrap_or((&text, ""));
    let Some(found) = outside::search(words, text) else {
        return;
    };
    let length = text.chars().count();
    let mut end = 0;
    for (start, stop) in &found.highlights {
        assert!(end <= *start && start < stop && *stop <= length);
        end = *stop;
    }
    assert!(!found.matches || !found.highlights.is_empty());
    // Whoever searches for the text itself finds it, by its first eight words.
    if let Some(itself) = outside::search(text, text) {
        assert!(itself.matches, "{text:?} does not find itself");
    }
}

/// Every text that a field takes: what is kept is kept as it is when it is written again.
pub fn fields(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    macro_rules! kept {
        ($($kind:ident)*) => {$(
            if let Ok(kept) = $kind::try_from(text.clone()) {
                assert_eq!(kept.expose().trim(), kept.expose());
                assert!(kept.expose().chars().count() <= $kind::MAX_CHARS);
                assert!(!kept.expose().contains('\0'));
                let again = $kind::try_from(kept.expose().to_owned());
                assert_eq!(again.as_ref(), Ok(&kept));
            }
        )*};
    }
    kept!(Narrative ChildWords Detail ShortText PersonName);
    if let Ok(address) = EmailAddress::try_from(text.clone()) {
        let again = EmailAddress::try_from(address.as_str().to_owned());
        assert_eq!(again.as_ref(), Ok(&address));
        assert!(!address.as_str().contains(['\r', '\n', '\0', ' ']));
    }
    if let Ok(year) = YearGroup::try_from(text.clone()) {
        assert_eq!(
            YearGroup::try_from(year.as_str().to_owned()).as_ref(),
            Ok(&year)
        );
    }
    if let Ok(id) = text.parse::<ConcernId>() {
        assert_eq!(id.to_string(), text);
        assert!(text.parse::<SchoolId>().is_err());
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        // What a database gives back is what was written.
        assert_eq!(Timestamp::from_micros(instant.micros()), instant);
        assert_eq!(instant.to_string().parse(), Ok(instant));
        let _near = instant.plus_days(i64::MAX).since(instant.plus_days(-1));
    }
    if let Ok(instant) = serde_json::from_value::<Timestamp>(text.clone().into()) {
        assert_eq!(Timestamp::from_micros(instant.micros()), instant);
    }
    let folded = fold_name(&text);
    assert_eq!(fold_name(&folded), folded, "{text:?} folds twice");
    outside::letters(&text);
}

/// A file's name on its first line, its content after: what it is, and what it is called afterwards.
pub fn file_name(data: &[u8]) {
    let end = data
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(data.len());
    let (name, content) = data.split_at(end);
    let name = String::from_utf8_lossy(name);
    let content = content.get(1..).unwrap_or_default();
    let plain = outside::plain_name(&name);
    assert!(!plain.contains(['/', '\\', '"', '\0', '\r', '\n']));
    assert!(!plain.starts_with('.'));
    assert_eq!(outside::plain_name(&plain), plain, "{name:?}");
    if let Some(kind) = outside::file_kind(&plain, content) {
        assert!(!kind.contains("html") && !kind.contains("svg") && !kind.contains("script"));
    }
}
