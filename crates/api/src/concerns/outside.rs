//! What [`crate::outside`] lets the fuzz targets do here.

use super::files::{self, sniff};
use super::sealed::{OpenedConcern, decode_texts};
use super::text_search::{Words, fold_for_search};

pub(crate) fn search(typed: &str, text: &str) -> Option<(bool, Vec<(usize, usize)>)> {
    let words = Words::parse(typed)?;
    let folded = fold_for_search(&[text]);
    Some((words.match_all(&[text], &folded), words.highlights(text)))
}

pub(crate) fn read_sealed(plain: &[u8]) -> usize {
    usize::from(OpenedConcern::decode(plain).is_ok())
        + usize::from(decode_texts::<3>(plain, "amendment-body").is_ok())
        + usize::from(decode_texts::<2>(plain, "action-body").is_ok())
        + usize::from(decode_texts::<1>(plain, "completion-body").is_ok())
        + usize::from(decode_texts::<6>(plain, "closure-body").is_ok())
        + usize::from(decode_texts::<1>(plain, "reopening-body").is_ok())
        + usize::from(decode_texts::<2>(plain, "file-head").is_ok())
}

pub(crate) fn plain_name(name: &str) -> String {
    files::plain_name(name)
}

pub(crate) fn file_kind(name: &str, content: &[u8]) -> Option<&'static str> {
    sniff(name, content).ok()
}
