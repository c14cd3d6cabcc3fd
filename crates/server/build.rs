//! Has the server built again when the web client was: cargo sees that a file which it has taken in was changed, but
//! not that there is another one, and `vite build` gives each file a new name.

fn main() {
    println!("cargo::rerun-if-changed=../../web/dist");
}
