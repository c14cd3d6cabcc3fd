//! Tests through HTTP, of the contract and of the architecture; nothing lives here but tests.
