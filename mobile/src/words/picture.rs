//! A picture of a square, where there is no camera.

pub(crate) const WAY: &str = "Or use a picture of the square";
pub(crate) const HINT: &str = "A screenshot or a photograph of it, as PNG or JPEG. The app looks for the square and keeps nothing.";
pub(crate) const CHOOSE: &str = "Choose a picture";
pub(crate) const PASTE: &str = "Paste a copied picture";
/// Of the system's own window for files.
pub(crate) const TITLE: &str = "A picture of the square";
pub(crate) const KIND: &str = "Pictures (PNG, JPEG)";
