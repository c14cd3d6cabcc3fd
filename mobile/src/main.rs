//! The authenticator app's window.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::path::PathBuf;
use std::rc::Rc;

#[cfg(feature = "desktop")]
use dioxus::desktop::{Config, LogicalSize, WindowBuilder};
#[cfg(all(feature = "mobile", not(feature = "desktop")))]
use dioxus::mobile::{Config, LogicalSize, WindowBuilder};
use dioxus::prelude::*;
#[cfg(all(feature = "desktop", target_os = "linux"))]
use mobile::Links;
#[cfg(feature = "desktop")]
use mobile::Raise;
use mobile::{App, Device, Focus, head};

fn main() {
    let folder = data_folder();
    let link = link();
    let device = Device::this(&folder, papers_folder()).with_link(link.clone());
    #[cfg(all(feature = "desktop", unix))]
    let device = match mobile::desk::instance::start(&folder, link.as_deref()) {
        // The window that is open already shows what the link asks.
        mobile::desk::instance::Started::Handed => return,
        mobile::desk::instance::Started::First(links) => device.with_links(links),
        mobile::desk::instance::Started::Alone => device,
    };
    let window = WindowBuilder::new()
        .with_title(head::TITLE)
        .with_inner_size(LogicalSize::new(390.0, 844.0))
        .with_min_inner_size(LogicalSize::new(320.0, 480.0))
        // Sheets and codes stay out of screenshots and shared screens, where the system can do that.
        .with_content_protection(true);
    let config = Config::new()
        .with_window(window)
        // The paper's colour, so that there is no white flash before the first paint.
        .with_background_color((250, 247, 241, 255))
        .with_disable_context_menu(!cfg!(debug_assertions))
        .with_data_directory(folder.join("webview"))
        .with_custom_index(head::index());
    #[cfg(not(any(target_os = "android", target_os = "ios")))]
    let config = config.with_menu(None);
    LaunchBuilder::new()
        .with_cfg(config)
        .with_context(device)
        .launch(Root);
}

/// What a page has opened the app with: on a computer the system gives it to the program as its argument.
fn link() -> Option<String> {
    std::env::args()
        .nth(1)
        .filter(|text| text.starts_with("safehold:"))
}

/// The app on this device.
#[component]
fn Root() -> Element {
    let device = use_context::<Device>();
    use_context_provider(|| Focus(Rc::new(give_focus)));
    #[cfg(feature = "desktop")]
    {
        use_context_provider(|| Raise(Rc::new(raise)));
        use_context_provider(mobile::desk::pictures);
    }
    #[cfg(all(feature = "desktop", target_os = "linux"))]
    use_context_provider(|| Links {
        are_on: Rc::new(mobile::desk::links::are_on),
        turn: Rc::new(|on| mobile::desk::links::turn(on).is_ok()),
    });
    rsx! { App { device } }
}

/// Brings the window before the others, as far as the desktop lets it.
#[cfg(feature = "desktop")]
fn raise() {
    let window = dioxus::desktop::window();
    window.window.set_minimized(false);
    window.window.set_focus();
}

/// Gives an element the focus as soon as it is on the page, which it may be a few frames later. The
/// script is the program's own, handed to the webview directly: the page's policy lets none be made.
fn give_focus(id: &str) {
    #[cfg(feature = "desktop")]
    let window = dioxus::desktop::window();
    #[cfg(all(feature = "mobile", not(feature = "desktop")))]
    let window = dioxus::mobile::window();
    let script = format!(
        "(() => {{ let left = 60; const look = () => {{ const found = document.getElementById('{id}'); \
         if (found) found.focus(); else if (left--) requestAnimationFrame(look); }}; look(); }})()"
    );
    // Without it a person presses Tab once more.
    drop(window.webview.evaluate_script(&script));
}

/// Where what is not secret is kept; on a computer shared with the terminal authenticator.
#[cfg(not(any(target_os = "android", target_os = "ios")))]
fn data_folder() -> PathBuf {
    let base = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")))
        .or_else(|| std::env::var_os("APPDATA").map(PathBuf::from))
        .unwrap_or_default();
    base.join("safehold-authenticator")
}

/// Where people look for what they saved.
#[cfg(not(any(target_os = "android", target_os = "ios")))]
fn papers_folder() -> PathBuf {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    let home = home.map(PathBuf::from).unwrap_or_default();
    let downloads = home.join("Downloads");
    if downloads.is_dir() { downloads } else { home }
}

/// Where what is not secret is kept. Of an app's own folder only some can be written to.
#[cfg(target_os = "ios")]
fn data_folder() -> PathBuf {
    home().join("Library/Application Support/safehold-authenticator")
}

/// What the Files app shows of this one.
#[cfg(target_os = "ios")]
fn papers_folder() -> PathBuf {
    home().join("Documents")
}

#[cfg(target_os = "ios")]
fn home() -> PathBuf {
    std::env::var_os("HOME")
        .map(PathBuf::from)
        .unwrap_or_default()
}

/// Where what is not secret is kept: the app's own folder, of this user of the phone. Android names
/// a process after its app, and numbers users by the hundred thousands of their processes' owners.
#[cfg(target_os = "android")]
fn data_folder() -> PathBuf {
    use std::os::unix::fs::MetadataExt as _;
    let name = std::fs::read_to_string("/proc/self/cmdline").unwrap_or_default();
    let name = name.split(['\0', ':']).next().unwrap_or_default();
    let user = std::fs::metadata("/proc/self").map_or(0, |about| about.uid() / 100_000);
    PathBuf::from(format!("/data/user/{user}/{name}/files"))
}

/// Nobody can print from an app's own folder: the screen does not offer it.
#[cfg(target_os = "android")]
fn papers_folder() -> PathBuf {
    data_folder()
}
