//! Keys and seeds: wiped when dropped, never shown.

/// Declares 16- or 32-byte secrets that differ in type, so that the wrong one does not compile.
macro_rules! secrets {
    ($($(#[$doc:meta])* $name:ident[$size:literal];)*) => {$(
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $name(zeroize::Zeroizing<[u8; $size]>);

        impl $name {
            /// The number of bytes.
            pub const SIZE: usize = $size;

            /// From bytes that were stored or sent.
            pub fn from_bytes(bytes: [u8; $size]) -> Self {
                Self(zeroize::Zeroizing::new(bytes))
            }

            /// A new one.
            pub fn generate(entropy: &dyn domain::Entropy) -> Self {
                let mut bytes = zeroize::Zeroizing::new([0; $size]);
                entropy.fill(bytes.as_mut_slice());
                Self(bytes)
            }

            /// The secret itself, to be stored where secrets are stored and nowhere else.
            pub fn expose(&self) -> &[u8; $size] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = crate::Error;

            fn try_from(bytes: &[u8]) -> Result<Self, crate::Error> {
                bytes
                    .try_into()
                    .map(Self::from_bytes)
                    .map_err(|_| crate::Error::Malformed(stringify!($name)))
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                subtle::ConstantTimeEq::ct_eq(self.0.as_slice(), other.0.as_slice()).into()
            }
        }
        impl Eq for $name {}

        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(concat!(stringify!($name), "([secret])"))
            }
        }
    )*};
}
pub(crate) use secrets;
