//! The authenticator app's window.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::path::PathBuf;

#[cfg(feature = "desktop")]
use dioxus::desktop::{Config, LogicalSize, WindowBuilder};
#[cfg(all(feature = "mobile", not(feature = "desktop")))]
use dioxus::mobile::{Config, LogicalSize, WindowBuilder};
use dioxus::prelude::*;
use mobile::{App, Device, head};

fn main() {
    let folder = data_folder();
    let window = WindowBuilder::new()
        .with_title(head::TITLE)
        .with_inner_size(LogicalSize::new(390.0, 844.0))
        .with_min_inner_size(LogicalSize::new(320.0, 480.0));
    let config = Config::new()
        .with_window(window)
        // The paper's colour, so that there is no white flash before the first paint.
        .with_background_color((250, 247, 241, 255))
        .with_disable_context_menu(!cfg!(debug_assertions))
        .with_data_directory(folder.join("webview"))
        .with_custom_head(head::head());
    #[cfg(not(any(target_os = "android", target_os = "ios")))]
    let config = config.with_menu(None);
    LaunchBuilder::new()
        .with_cfg(config)
        .with_context(Device::this(folder))
        .launch(Root);
}

/// The app on this device.
#[component]
fn Root() -> Element {
    let device = use_context::<Device>();
    rsx! { App { device } }
}

/// Where what is not secret is kept; shared with the terminal authenticator.
fn data_folder() -> PathBuf {
    let base = std::env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")))
        .or_else(|| std::env::var_os("APPDATA").map(PathBuf::from))
        .unwrap_or_default();
    base.join("safehold-authenticator")
}
