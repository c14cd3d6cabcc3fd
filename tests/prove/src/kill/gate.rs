//! Where writers wait while nothing serves.

use std::sync::{Condvar, Mutex};

#[derive(Debug, Default)]
struct Inside {
    open: bool,
    waiting: usize,
    finished: bool,
}

/// Opened while there is a server; closed while it is looked what the dead one left.
#[derive(Debug, Default)]
pub(super) struct Gate {
    inside: Mutex<Inside>,
    changed: Condvar,
}

impl Gate {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Waits until the gate is open; whether there is anything new to write, or only to finish.
    pub(super) fn pass(&self) -> bool {
        let mut inside = self.inside.lock().unwrap();
        inside.waiting += 1;
        self.changed.notify_all();
        let mut inside = self
            .changed
            .wait_while(inside, |inside| !inside.open)
            .unwrap();
        inside.waiting -= 1;
        !inside.finished
    }

    pub(super) fn open(&self) {
        self.inside.lock().unwrap().open = true;
        self.changed.notify_all();
    }

    pub(super) fn close(&self) {
        self.inside.lock().unwrap().open = false;
    }

    /// Open for ever, and nothing new is begun.
    pub(super) fn finish(&self) {
        self.inside.lock().unwrap().finished = true;
        self.open();
    }

    /// Waits until so many stand at the closed gate.
    pub(super) fn wait_for(&self, writers: usize) {
        let inside = self.inside.lock().unwrap();
        drop(
            self.changed
                .wait_while(inside, |inside| inside.waiting < writers)
                .unwrap(),
        );
    }
}
