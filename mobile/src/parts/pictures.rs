use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use dioxus::prelude::*;

use super::{Button, Weight};
use crate::phase::Input;
use crate::picture::Picture;
use crate::words::picture as words;

/// A picture that a person is asked for; nothing if they think better of it.
pub type Asked = Pin<Box<dyn Future<Output = Option<Picture>>>>;

/// How a person gives the app a picture, on a device that has no camera for it.
#[derive(Clone)]
pub struct Pictures {
    /// Asks for a file.
    pub choose: Rc<dyn Fn() -> Asked>,
    /// Takes what was copied, where the platform lets a program look at it.
    pub paste: Option<Rc<dyn Fn() -> Asked>>,
}

impl fmt::Debug for Pictures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pictures")
    }
}

/// The ways to give a picture of a square, if there are any.
#[component]
pub(crate) fn PictureWays(busy: bool, on_input: EventHandler<Input>) -> Element {
    let Some(Pictures { choose, paste }) = try_consume_context::<Pictures>() else {
        return rsx! {};
    };
    let ask = move |way: Rc<dyn Fn() -> Asked>| {
        spawn(async move {
            if let Some(picture) = way().await {
                on_input.call(Input::Picture(picture));
            }
        });
    };
    rsx! {
        details { class: "more",
            summary { "{words::WAY}" }
            div { class: "pictures",
                p { class: "soft", "{words::HINT}" }
                Button {
                    id: "choose-picture", weight: Weight::Quiet, disabled: busy,
                    onclick: move |()| ask(Rc::clone(&choose)),
                    "{words::CHOOSE}"
                }
                if let Some(paste) = paste {
                    Button {
                        id: "paste-picture", weight: Weight::Quiet, disabled: busy,
                        onclick: move |()| ask(Rc::clone(&paste)),
                        "{words::PASTE}"
                    }
                }
            }
        }
    }
}
