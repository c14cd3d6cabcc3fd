//! The server's secrets and what is done with them: `K_srv` and all that derives from it, access
//! tokens, passwords, random references in cookies and links, and small texts sealed for the server
//! itself.
//!
//! Nothing here opens a record: that takes a key that only an approved unlock brings.

mod password;
mod reference;
mod server_secret;
mod token;

pub use password::{PasswordHash, Passwords, Pepper};
pub use reference::Reference;
pub use server_secret::{Purpose, ServerSecret, Unsealable};
pub use token::{Claims, InvalidToken, Tokens};
