use std::fmt;
use std::sync::Mutex;

use ring::rand::{SecureRandom, SystemRandom};

/// Where chance comes from. Only the edge of the machine has the real one.
pub trait Entropy: fmt::Debug + Send + Sync {
    /// Fills the buffer with random bytes.
    ///
    /// # Panics
    /// If the operating system gives none: nothing safe can be done without.
    fn fill(&self, buffer: &mut [u8]);
}

impl dyn Entropy + '_ {
    /// As many random bytes as the caller's array holds.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut buffer = [0; N];
        self.fill(&mut buffer);
        buffer
    }
}

/// The operating system's generator.
#[derive(Clone, Debug)]
pub struct SystemEntropy(SystemRandom);

impl SystemEntropy {
    /// The operating system's generator.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the randomness that everybody else is given"
    )]
    pub fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Default for SystemEntropy {
    fn default() -> Self {
        Self::new()
    }
}

impl Entropy for SystemEntropy {
    #[expect(
        clippy::expect_used,
        reason = "without randomness every key, id and token would be guessable"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        self.0
            .fill(buffer)
            .expect("the operating system gives randomness");
    }
}

/// The same bytes for the same seed, for tests and vectors; never for keys that matter.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: [u8; 32],
    drawn: Mutex<u64>,
}

impl SeededEntropy {
    /// A generator that always gives the same sequence for `seed`.
    pub fn new(seed: [u8; 32]) -> Self {
        Self {
            seed,
            drawn: Mutex::new(0),
        }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        let mut drawn = self
            .drawn
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for chunk in buffer.chunks_mut(32) {
            *drawn += 1;
            let mut context = ring::digest::Context::new(&ring::digest::SHA256);
            context.update(&self.seed);
            context.update(&drawn.to_be_bytes());
            chunk.copy_from_slice(&context.finish().as_ref()[..chunk.len()]);
        }
    }
}
