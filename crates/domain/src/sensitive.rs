use std::fmt;

use zeroize::Zeroize;

/// Something about a person, or a secret: it never shows in a log and is wiped when dropped.
///
/// `Debug` prints `[sensitive]`, there is no `Serialize`, and each [`expose`](Self::expose) stands
/// beside an `// EXPOSE:` line that says why the value leaves its wrapper there.
#[derive(Clone, PartialEq, Eq)]
pub struct Sensitive<T: Zeroize>(T);

impl<T: Zeroize> Sensitive<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Sensitive<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[sensitive]")
    }
}

impl<T: Zeroize> Drop for Sensitive<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> From<T> for Sensitive<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_narrative_in_a_logged_struct_shows_nothing() {
        let narrative = Sensitive::new("she said her arm hurt".to_owned());
        assert_eq!(format!("{narrative:?}"), "[sensitive]");
    }
}
