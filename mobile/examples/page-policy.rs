//! A page under the app's own policy that tries to read a file, and a button that answers a click.
//!
//! The upper half turns red if the file was read and green if it was refused; the lower half turns
//! blue when pressed. `scripts/app-screens` looks at the colours. With `--open` the policy is the
//! wider one that lets the file be read: the look must then find red, or it proves nothing.

use dioxus::desktop::{Config, LogicalSize, WindowBuilder};
use dioxus::prelude::*;
use mobile::head;

const TRY: &str = "<script>
const paint = (colour) => { document.documentElement.style.setProperty('--fetched', colour) };
fetch('dioxus://index.html/etc/hostname').then((r) => r.text()).then(() => paint('#f00'), () => paint('#0f0'));
</script>
<style>body { margin: 0; } .read { height: 300px; background: var(--fetched, #888); }
button { width: 100%; height: 300px; border: 0; background: #888; } button.pressed { background: #00f; }</style>";

fn main() {
    let mut policy = head::policy();
    if std::env::args().any(|argument| argument == "--open") {
        policy = policy.replace("connect-src", "connect-src dioxus:");
    }
    let window = WindowBuilder::new()
        .with_title("Page policy")
        .with_inner_size(LogicalSize::new(300.0, 600.0));
    let config = Config::new()
        .with_window(window)
        .with_menu(None)
        .with_custom_head(format!(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">{TRY}"
        ));
    LaunchBuilder::new().with_cfg(config).launch(page);
}

#[component]
fn page() -> Element {
    let mut pressed = use_signal(|| false);
    rsx! {
        div { class: "read" }
        button { class: if pressed() { "pressed" }, onclick: move |_| pressed.set(true) }
    }
}
