//! Finding words in opened texts: letter case and accents do not matter, order does not either.

use memchr::memchr2_iter;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use zeroize::Zeroizing;

/// How often a byte stands in English text, the rarest first to be looked for: a search goes from one
/// occurrence of the needle's rarest letter to the next.
const COMMON_FIRST: &[u8] = b" etaoinsrhldcumfpgwybvkxjqz";

/// The words of a search, folded.
#[derive(Debug)]
pub(crate) struct Words(Vec<Needle>);

#[derive(Debug)]
struct Needle {
    folded: Vec<u8>,
    /// Where in the needle its rarest byte stands.
    rarest: usize,
    ascii: bool,
}

impl Words {
    /// Splits what was typed; `None` if there is no word of two letters or more in it.
    pub(crate) fn parse(typed: &str) -> Option<Self> {
        let folded = fold(typed);
        let needles: Vec<_> = folded
            .split_whitespace()
            .filter(|word| word.chars().count() >= 2)
            .take(8)
            .map(|word| {
                let folded = word.as_bytes().to_vec();
                let rarity = |byte: &u8| {
                    COMMON_FIRST
                        .iter()
                        .position(|common| common == byte)
                        .unwrap_or(COMMON_FIRST.len())
                };
                let rarest = (0..folded.len())
                    .max_by_key(|place| rarity(&folded[*place]))
                    .unwrap_or_default();
                Needle {
                    ascii: word.is_ascii(),
                    folded,
                    rarest,
                }
            })
            .collect();
        (!needles.is_empty()).then_some(Self(needles))
    }

    /// Whether every word stands in at least one of the texts. `folded` is what
    /// [`fold_for_search`] made of them, empty if they are ASCII.
    pub(crate) fn match_all(&self, texts: &[&str], folded: &str) -> bool {
        self.0.iter().all(|needle| {
            if folded.is_empty() {
                needle.ascii && texts.iter().any(|text| needle.find(text.as_bytes()))
            } else {
                needle.find(folded.as_bytes())
            }
        })
    }

    /// Where the words stand in a text: ranges of characters, in order, without overlaps.
    pub(crate) fn highlights(&self, text: &str) -> Vec<(usize, usize)> {
        let (folded, places) = fold_with_places(text);
        let mut found: Vec<(usize, usize)> = Vec::new();
        for needle in &self.0 {
            let needle: Vec<char> = String::from_utf8_lossy(&needle.folded).chars().collect();
            for start in 0..folded.len().saturating_sub(needle.len() - 1) {
                if folded[start..start + needle.len()] == needle[..] {
                    let last = places[start + needle.len() - 1];
                    found.push((places[start], last + 1));
                }
            }
        }
        found.sort_unstable();
        let mut merged: Vec<(usize, usize)> = Vec::new();
        for (start, end) in found {
            match merged.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => merged.push((start, end)),
            }
        }
        merged
    }
}

impl Needle {
    fn find(&self, text: &[u8]) -> bool {
        let byte = self.folded[self.rarest];
        let end = self.folded.len() - self.rarest;
        memchr2_iter(byte, byte.to_ascii_uppercase(), text).any(|place| {
            place >= self.rarest
                && text
                    .get(place - self.rarest..place + end)
                    .is_some_and(|part| part.eq_ignore_ascii_case(&self.folded))
        })
    }
}

/// The texts folded into one, if any of them is not ASCII; otherwise nothing, for ASCII is compared
/// without regard to case as it stands.
pub(crate) fn fold_for_search(texts: &[&str]) -> Zeroizing<String> {
    if texts.iter().all(|text| text.is_ascii()) {
        return Zeroizing::default();
    }
    Zeroizing::new(
        texts
            .iter()
            .map(|text| fold(text))
            .collect::<Vec<_>>()
            .join("\n"),
    )
}

fn fold(text: &str) -> String {
    text.chars().flat_map(fold_letter).collect()
}

fn fold_with_places(text: &str) -> (Vec<char>, Vec<usize>) {
    text.chars()
        .enumerate()
        .flat_map(|(place, letter)| fold_letter(letter).map(move |folded| (folded, place)))
        .unzip()
}

fn fold_letter(letter: char) -> impl Iterator<Item = char> {
    letter
        .nfkd()
        .filter(|part| !is_combining_mark(*part))
        .flat_map(char::to_lowercase)
        .map(|part| match part {
            '\u{2018}' | '\u{2019}' | '\u{2bc}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            '\u{2010}'..='\u{2014}' => '-',
            other => other,
        })
}

/// The part of a text around its first highlight, about `width` characters, and the highlights in it.
pub(crate) fn excerpt(
    text: &str,
    highlights: &[(usize, usize)],
    width: usize,
) -> (String, Vec<(usize, usize)>) {
    let first = highlights.first().map_or(0, |range| range.0);
    let letters: Vec<char> = text.chars().collect();
    let mut start = first.saturating_sub(width / 3);
    // Begin at a word, if one begins near.
    if start > 0 {
        start = (start..first)
            .find(|place| letters[*place].is_whitespace())
            .map_or(start, |space| space + 1);
    }
    let end = letters.len().min(start + width);
    let inside = highlights
        .iter()
        .filter(|range| range.0 >= start && range.1 <= end)
        .map(|range| (range.0 - start, range.1 - start))
        .collect();
    (letters[start..end].iter().collect(), inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(typed: &str, text: &str) -> bool {
        Words::parse(typed)
            .unwrap()
            .match_all(&[text], &fold_for_search(&[text]))
    }

    #[test]
    fn case_accents_and_order_do_not_matter() {
        assert!(finds("BRUISE arm", "Her arm had a bruise."));
        assert!(finds("zoe", "Zoë was quiet"));
        assert!(finds("zoë", "Zoe was quiet"));
        assert!(finds("don't", "I don’t know"));
        assert!(finds("ruis", "bruise"));
        assert!(!finds("bruise leg", "Her arm had a bruise."));
        assert!(!finds("bruises", "bruise"));
    }

    #[test]
    fn a_search_without_a_word_is_none() {
        assert!(Words::parse(" a ").is_none());
        assert!(Words::parse("").is_none());
    }

    #[test]
    fn highlights_are_places_in_the_text_as_written() {
        let words = Words::parse("zoe quiet").unwrap();
        assert_eq!(words.highlights("Zoë was quiet"), [(0, 3), (8, 13)]);
        assert_eq!(words.highlights("nothing"), []);
        let text = format!("{} Zoë was quiet", "word ".repeat(60));
        let (part, inside) = excerpt(&text, &words.highlights(&text), 90);
        let letters: Vec<char> = part.chars().collect();
        assert_eq!(
            letters[inside[0].0..inside[0].1].iter().collect::<String>(),
            "Zoë"
        );
    }

    proptest::proptest! {
        #[test]
        fn what_is_found_is_highlighted(text in "\\PC{0,80}", start in 0usize..80, length in 2usize..8) {
            let letters: Vec<char> = text.chars().collect();
            let word: String = letters.iter().skip(start).take(length).collect();
            if let Some(words) = Words::parse(&word)
                && words.match_all(&[&text], &fold_for_search(&[&text]))
            {
                proptest::prop_assert!(!words.highlights(&text).is_empty() || word.split_whitespace().count() == 0);
            }
        }
    }
}
