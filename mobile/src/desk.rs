//! What a computer has and a phone has not: a window for files, a clipboard to look at, and one running app
//! that links are handed to.

#[cfg(unix)]
pub mod instance;
#[cfg(target_os = "linux")]
pub mod links;

use std::rc::Rc;

use crate::parts::{Asked, Pictures};
#[cfg(target_os = "linux")]
use crate::picture::Picture;
#[cfg(target_os = "linux")]
use crate::words::picture as words;

/// The ways of this computer to give a picture.
pub fn pictures() -> Pictures {
    Pictures {
        choose: Rc::new(choose),
        #[cfg(target_os = "linux")]
        paste: Some(Rc::new(paste)),
        #[cfg(not(target_os = "linux"))]
        paste: None,
    }
}

/// GTK's own window for files, on the thread that draws: it answers when it is closed.
#[cfg(target_os = "linux")]
fn choose() -> Asked {
    use std::cell::Cell;

    use dioxus::desktop::tao::platform::unix::WindowExtUnix as _;
    use gtk::prelude::{FileChooserExt as _, NativeDialogExt as _};

    let above = dioxus::desktop::window();
    let dialog = gtk::FileChooserNative::new(
        Some(words::TITLE),
        Some(above.window.gtk_window()),
        gtk::FileChooserAction::Open,
        None,
        None,
    );
    let pictures = gtk::FileFilter::new();
    pictures.set_name(Some(words::KIND));
    for kind in ["image/png", "image/jpeg"] {
        pictures.add_mime_type(kind);
    }
    dialog.add_filter(pictures);
    let (tell, told) = tokio::sync::oneshot::channel();
    let tell = Cell::new(Some(tell));
    dialog.connect_response(move |dialog, answer| {
        let chosen = (answer == gtk::ResponseType::Accept)
            .then(|| dialog.filename())
            .flatten();
        if let Some(tell) = tell.take() {
            // Whoever asked may have gone to another screen.
            drop(tell.send(chosen.map(Picture::File)));
        }
    });
    dialog.show();
    Box::pin(async move {
        let chosen = told.await.ok().flatten();
        dialog.hide();
        chosen
    })
}

/// What was copied, if it is a picture; the one that holds it is asked, and may be another program.
#[cfg(target_os = "linux")]
fn paste() -> Asked {
    let (tell, told) = tokio::sync::oneshot::channel();
    let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
    clipboard.request_contents(&gtk::gdk::Atom::intern("image/png"), move |_, copied| {
        drop(tell.send(Picture::Copied(copied.data())));
    });
    Box::pin(async move { told.await.ok() })
}

/// The system's own window for files.
#[cfg(any(target_os = "macos", windows))]
fn choose() -> Asked {
    use crate::picture::Picture;
    use crate::words::picture as words;

    let asked = rfd::AsyncFileDialog::new()
        .set_title(words::TITLE)
        .add_filter(words::KIND, &["png", "jpg", "jpeg"])
        .pick_file();
    Box::pin(async move {
        let file = asked.await?;
        Some(Picture::File(file.path().to_owned()))
    })
}
