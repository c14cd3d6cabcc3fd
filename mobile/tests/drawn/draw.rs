use std::rc::Rc;

use dioxus::prelude::*;
use dioxus_core::{NoOpMutations, VirtualDom};
use mobile::{Asks, PinWait, PinWaits, Place, Screen, View};

/// What is the case around a state.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Around {
    /// What a link has asked for meanwhile.
    pub(crate) link: Option<Asks>,
    /// How long no PIN is looked at.
    pub(crate) wait: Option<PinWait>,
}

#[derive(Clone, Props)]
struct Shown {
    view: View,
    place: Option<Place>,
    around: Around,
    // Any handler will do; it is never called.
    #[props(default)]
    nobody: Rc<()>,
}

impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        self.view == other.view
            && self.around == other.around
            && Rc::ptr_eq(&self.nobody, &other.nobody)
    }
}

/// A state as HTML, with the school's name over it where the app would know it.
pub(crate) fn draw(view: View, place: Option<Place>) -> String {
    draw_with(view, place, Around::default())
}

/// The same, with what is the case around it.
pub(crate) fn draw_with(view: View, place: Option<Place>, around: Around) -> String {
    let mut dom = dom(view, place, around);
    dom.rebuild(&mut NoOpMutations);
    dioxus_ssr::render(&dom)
}

/// A state, not drawn yet.
pub(crate) fn dom(view: View, place: Option<Place>, around: Around) -> VirtualDom {
    VirtualDom::new_with_props(
        |Shown {
             view,
             place,
             around,
             ..
         }: Shown| {
            use_context_provider(|| PinWaits(Signal::new(around.wait)));
            rsx! { Screen { place, view, waits: around.link, busy: false, on_input: |_| {} } }
        },
        Shown {
            view,
            place,
            around,
            nobody: Rc::default(),
        },
    )
}
