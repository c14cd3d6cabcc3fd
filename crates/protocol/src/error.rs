/// Why something the other side sent was refused.
///
/// It says little on purpose: whoever forged it learns nothing from the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The bytes do not have the layout of what is named.
    #[error("this is not a well-formed {0}")]
    Malformed(&'static str),
    /// The key, the context or the bytes are not those it was sealed with.
    #[error("this does not open with the key and the context given")]
    DoesNotOpen,
    /// The signature was not made by the key it should be.
    #[error("the signature does not hold")]
    BadSignature,
    /// A suite below the minimum, or one that this version does not know.
    #[error("suite {0} is not one that may be used")]
    SuiteRefused(u8),
}
