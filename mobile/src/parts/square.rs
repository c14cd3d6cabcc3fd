use std::fmt::Write as _;

use dioxus::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};

/// The dark squares of a QR code.
pub(crate) struct Squares(QrCode);

impl Squares {
    /// Of a text, unless it is too long for any.
    pub(crate) fn of(text: &str) -> Option<Self> {
        QrCode::encode_text(text, QrCodeEcc::Low).ok().map(Self)
    }

    fn size(&self) -> u32 {
        u32::try_from(self.0.size()).unwrap_or_default()
    }

    /// Runs of dark squares: row, first column, how many.
    pub(crate) fn runs(&self) -> Vec<(u32, u32, u32)> {
        let size = self.0.size();
        let mut runs = Vec::new();
        for y in 0..size {
            let mut x = 0;
            while x < size {
                let from = x;
                while x < size && self.0.get_module(x, y) {
                    x += 1;
                }
                if x > from
                    && let (Ok(row), Ok(column), Ok(run)) = (
                        u32::try_from(y),
                        u32::try_from(from),
                        u32::try_from(x - from),
                    )
                {
                    runs.push((row, column, run));
                }
                x += 1;
            }
        }
        runs
    }
}

/// A QR code: dark on light in every theme, with the quiet edge that readers need.
#[component]
pub(crate) fn Square(
    text: String,
    label: String,
    /// As large as the page lets it be, because it says much.
    #[props(default = false)]
    large: bool,
) -> Element {
    let Some(squares) = Squares::of(&text) else {
        return rsx! {};
    };
    let side = squares.size() + 8;
    let mut path = String::new();
    for (row, column, run) in squares.runs() {
        // A String can always be written to.
        let _ = write!(path, "M{} {}h{run}v1h-{run}z", column + 4, row + 4);
    }
    rsx! {
        svg {
            class: if large { "square large" } else { "square" }, role: "img", "aria-label": "{label}", view_box: "0 0 {side} {side}",
            shape_rendering: "crispEdges",
            rect { width: "{side}", height: "{side}", fill: "#fff" }
            path { d: "{path}", fill: "#000" }
        }
    }
}
