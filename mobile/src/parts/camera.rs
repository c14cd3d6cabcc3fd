use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use dioxus::prelude::*;

use super::{Button, Weight};
use crate::phase::Input;
use crate::picture::{self, Picture};
use crate::words::picture as words;

/// How often what the camera sees is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// What a camera shows just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Nothing yet: it is being started, or its owner is being asked.
    Nothing,
    /// A picture.
    Picture(Picture),
    /// There is no camera, or it may not be used.
    NoCamera,
}

/// The next look at what a camera shows.
pub type Look = Pin<Box<dyn Future<Output = Seen>>>;

/// A camera that the page itself can show, on a device that has one for it.
#[derive(Clone)]
pub struct Camera {
    /// Shows it in the page's element of this id.
    pub start: Rc<dyn Fn(&'static str)>,
    /// What it shows now.
    pub look: Rc<dyn Fn() -> Look>,
    /// Turns it off.
    pub stop: Rc<dyn Fn()>,
}

impl fmt::Debug for Camera {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Camera")
    }
}

impl PartialEq for Camera {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.stop, &other.stop)
    }
}

/// The way to hold a square before the camera, if there is one.
#[component]
pub(crate) fn CameraWay(busy: bool, on_input: EventHandler<Input>) -> Element {
    let mut on = use_signal(|| false);
    let Some(camera) = try_consume_context::<Camera>() else {
        return rsx! {};
    };
    rsx! {
        if on() {
            Shown { camera, on_input }
        }
        Button {
            id: "camera-on", weight: Weight::Quiet, disabled: busy,
            onclick: move |()| on.toggle(),
            if on() { "{words::STOP_CAMERA}" } else { "{words::USE_CAMERA}" }
        }
    }
}

/// What the camera sees. It is off again as soon as this is not on the screen.
#[component]
fn Shown(camera: Camera, on_input: EventHandler<Input>) -> Element {
    let mut said = use_signal(|| words::STARTING);
    let (start, look, stop) = (camera.start, camera.look, camera.stop);
    use_effect(move || start("camera"));
    use_drop(move || stop());
    use_future(move || {
        let look = Rc::clone(&look);
        async move {
            loop {
                match look().await {
                    Seen::Nothing => {}
                    Seen::NoCamera => {
                        said.set(words::NO_CAMERA);
                        return;
                    }
                    Seen::Picture(picture) => {
                        said.set(words::LOOKING);
                        let looked_at = picture.clone();
                        let found = tokio::task::spawn_blocking(move || {
                            picture::squares(looked_at).is_ok()
                        });
                        if found.await.unwrap_or(false) {
                            on_input.call(Input::Picture(picture));
                        }
                    }
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    });
    rsx! {
        video {
            id: "camera", class: "camera", muted: true, autoplay: true, "playsinline": "true",
            aria_label: words::CAMERA,
        }
        p { id: "camera-says", class: "soft", role: "status", "{said}" }
    }
}
