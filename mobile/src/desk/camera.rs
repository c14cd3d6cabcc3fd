//! A camera by the webview, on Linux: the page shows it, and its pictures are asked for by this program.
//!
//! The page's policy allows no script that could do so, and needs not: these are the program's own, handed to
//! the webview directly. WebKitGTK asks whether the page may; it may while this program has asked for it, for a
//! camera and never for a microphone, and at no other time.

use std::cell::Cell;
use std::rc::Rc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use dioxus::desktop::DesktopContext;
use dioxus::desktop::wry::WebViewExtUnix as _;
use gtk::glib::object::Cast as _;
use webkit2gtk::{
    PermissionRequestExt as _, UserMediaPermissionRequest, UserMediaPermissionRequestExt as _,
    WebViewExt as _,
};

use crate::parts::{Camera, Look, Seen};
use crate::picture::Picture;

/// The widest picture that is asked for: a square before a camera is larger than that.
const WIDTH: u32 = 800;

/// The camera of this window.
pub fn camera() -> Camera {
    let window = dioxus::desktop::window();
    let asked = Rc::new(Cell::new(false));
    answer_whether_it_may(&window, &asked);
    Camera {
        start: {
            let (window, asked) = (window.clone(), Rc::clone(&asked));
            Rc::new(move |id| {
                asked.set(true);
                run(&window, &start_script(id));
            })
        },
        look: {
            let window = window.clone();
            Rc::new(move || look(&window))
        },
        stop: Rc::new(move || {
            asked.set(false);
            run(&window, STOP);
        }),
    }
}

fn answer_whether_it_may(window: &DesktopContext, asked: &Rc<Cell<bool>>) {
    let webview = window.webview.webview();
    let asked = Rc::clone(asked);
    webview.connect_permission_request(move |_, request| {
        let wants_camera = request
            .downcast_ref::<UserMediaPermissionRequest>()
            .is_some_and(|media| media.is_for_video_device() && !media.is_for_audio_device());
        match wants_camera && asked.get() {
            true => request.allow(),
            false => request.deny(),
        }
        true
    });
    // A machine without a camera can still test the way from one to the reader of squares.
    #[cfg(debug_assertions)]
    if std::env::var_os("SAFEHOLD_MOCK_CAMERA").is_some()
        && let Some(settings) = webview.settings()
    {
        webkit2gtk::SettingsExt::set_enable_mock_capture_devices(&settings, true);
    }
}

fn run(window: &DesktopContext, script: &str) {
    // A page that is gone shows no camera either.
    drop(window.webview.evaluate_script(script));
}

/// Shows the camera as soon as its element is there, which it may be a few frames later.
fn start_script(id: &str) -> String {
    format!(
        "(() => {{ const camera = {{ state: 'starting' }}; window.safeholdCamera = camera; let left = 60; \
         const none = () => {{ camera.state = 'none'; }}; \
         const look = () => {{ const video = document.getElementById('{id}'); \
         if (!video) {{ if (left--) requestAnimationFrame(look); else none(); return; }} \
         navigator.mediaDevices.getUserMedia({{ video: true }}).then((stream) => {{ \
         if (window.safeholdCamera !== camera) {{ stream.getTracks().forEach((track) => track.stop()); return; }} \
         camera.stream = stream; camera.video = video; video.srcObject = stream; \
         video.play().catch(() => {{}}); camera.state = 'on'; }}).catch(none); }}; \
         if (navigator.mediaDevices) look(); else none(); }})()"
    )
}

const STOP: &str = "(() => { const camera = window.safeholdCamera; window.safeholdCamera = null; \
    if (camera && camera.stream) camera.stream.getTracks().forEach((track) => track.stop()); })()";

/// One picture in shades of grey: `800x600:` and a byte a dot in base64.
const SHOT: &str = "(() => { const camera = window.safeholdCamera; \
    if (!camera || camera.state === 'none') return 'none'; \
    const video = camera.video; if (!video || !video.videoWidth) return ''; \
    const scale = Math.min(1, WIDTH / video.videoWidth); \
    const width = Math.round(video.videoWidth * scale), height = Math.round(video.videoHeight * scale); \
    const canvas = document.createElement('canvas'); canvas.width = width; canvas.height = height; \
    const paper = canvas.getContext('2d'); paper.drawImage(video, 0, 0, width, height); \
    const dots = paper.getImageData(0, 0, width, height).data; let text = ''; \
    for (let at = 0; at < dots.length; at += 4) \
    text += String.fromCharCode((dots[at] * 77 + dots[at + 1] * 151 + dots[at + 2] * 28) >> 8); \
    return width + 'x' + height + ':' + btoa(text); })()";

fn look(window: &DesktopContext) -> Look {
    let (tell, told) = tokio::sync::oneshot::channel();
    let tell = std::sync::Mutex::new(Some(tell));
    let script = SHOT.replace("WIDTH", &WIDTH.to_string());
    let begun = window
        .webview
        .evaluate_script_with_callback(&script, move |answer| {
            if let Some(tell) = tell.lock().ok().and_then(|mut tell| tell.take()) {
                // The screen may be another one by now.
                drop(tell.send(answer));
            }
        });
    Box::pin(async move {
        match begun {
            Ok(()) => told.await.map_or(Seen::NoCamera, |answer| seen(&answer)),
            Err(_) => Seen::NoCamera,
        }
    })
}

/// What the page answered, as JSON: a text.
fn seen(answer: &str) -> Seen {
    let text = answer.trim_matches('"');
    if text == "none" {
        return Seen::NoCamera;
    }
    let picture = text.split_once(':').and_then(|(sides, shades)| {
        let (width, height) = sides.split_once('x')?;
        let (width, height) = (width.parse().ok()?, height.parse().ok()?);
        let shades = BASE64.decode(shades).ok()?;
        Some(Picture::Seen {
            width,
            height,
            shades,
        })
    });
    picture.map_or(Seen::Nothing, Seen::Picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_answers_is_a_picture_or_nothing() {
        let picture = Picture::Seen {
            width: 2,
            height: 1,
            shades: vec![0, 255],
        };
        assert_eq!(seen("\"2x1:AP8=\""), Seen::Picture(picture));
        assert_eq!(seen("\"none\""), Seen::NoCamera);
        for nonsense in ["\"\"", "null", "\"2x:AP8=\"", "\"2x1:?\"", "\"axb:AP8=\""] {
            assert_eq!(seen(nonsense), Seen::Nothing, "{nonsense}");
        }
    }
}
