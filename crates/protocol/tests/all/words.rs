//! The six words in which two people compare a key.

use std::collections::BTreeSet;

use proptest::prelude::*;
use protocol::words::Words;

proptest! {
    #[test]
    fn six_words_read_back(hash in any::<[u8; 32]>()) {
        let words = Words::of(&hash);
        prop_assert_eq!(words.to_string().to_uppercase().parse::<Words>(), Ok(words));
        let short: Vec<&str> = words.list().iter().map(|word| &word[..word.len().min(4)]).collect();
        prop_assert_eq!(short.join(", ").parse::<Words>(), Ok(words));
        let mut other = hash;
        other[8] ^= 0x40;
        prop_assert_ne!(Words::of(&other), words);
    }

    #[test]
    fn six_words_are_the_first_sixty_six_bits(hash in any::<[u8; 32]>(), bit in 0usize..256) {
        let list: Vec<&str> = include_str!("../../src/words/english.txt").lines().collect();
        let bits: String = hash.iter().map(|byte| format!("{byte:08b}")).collect();
        let said: Vec<&str> = (0..6)
            .map(|place| list[usize::from_str_radix(&bits[place * 11..][..11], 2).unwrap()])
            .collect();
        prop_assert_eq!(&Words::of(&hash).list().to_vec(), &said);
        // Each of those bits is heard in its own word, and no other bit is.
        let mut other = hash;
        other[bit / 8] ^= 0x80 >> (bit % 8);
        let differ: Vec<usize> = (0..6)
            .filter(|place| Words::of(&other).list()[*place] != said[*place])
            .collect();
        let heard: Vec<usize> = (bit < 66).then_some(bit / 11).into_iter().collect();
        prop_assert_eq!(differ, heard);
    }
}

#[test]
fn every_word_is_told_by_its_first_four_letters() {
    let all: BTreeSet<&str> = include_str!("../../src/words/english.txt")
        .lines()
        .collect();
    let short: BTreeSet<&str> = all.iter().map(|word| &word[..word.len().min(4)]).collect();
    assert_eq!((all.len(), short.len()), (2048, 2048));
}
