//! The power fails, at every moment, and what was acknowledged before is there.
//!
//! The product's own application records concerns while every write, cut and sync of its database is kept.
//! Then, for each sync, disks are made as a power cut at that moment may leave them: what was synced is
//! there, what was not is dropped, kept, torn at 512 bytes or there without what was written before it. The
//! product's own store opens each, and everything is looked at.

mod judge;
mod rebuild;
mod record;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Outcome, progress};
use judge::{Judge, read_with_the_key};
use rebuild::{Moment, Rebuilder};
use record::Recording;

/// A campaign of power cuts.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many disks are made, at least.
    pub states: usize,
    /// How many concerns are recorded meanwhile.
    pub concerns: usize,
    /// Whether the disk says that it has synced and has not: the campaign must notice that.
    pub lying_disk: bool,
}

/// Runs it.
///
/// # Panics
/// If the stage cannot be set.
pub fn run(plan: Plan) -> Outcome {
    let mut outcome = Outcome::of(
        "power",
        if plan.lying_disk {
            "a-lying-disk"
        } else {
            "sqlite"
        },
    );
    let (recording, app) = Recording::make(plan.concerns);
    let moments = recording.syncs();
    let variants = plan.states.div_ceil(moments.len()).max(4);
    let (made, all) = (AtomicUsize::new(0), moments.len() * variants);
    let found = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let (recording, moments, made, found) = (&recording, &moments, &made, &found);
            scope.spawn(move || {
                let judge = Judge::new(recording.school);
                let mut disk = Rebuilder::new(recording, plan.lying_disk);
                for (place, at) in moments.iter().enumerate() {
                    disk.advance_to(*at);
                    if place % workers != worker {
                        continue;
                    }
                    for variant in 0..variants {
                        let state = disk.state(Moment::of(*at, variant));
                        for what in judge.faults(&state, &recording.acknowledged_before(*at)) {
                            let what = format!("sync {at}, variant {variant}: {what}");
                            found.lock().unwrap().push(what);
                        }
                        let made = made.fetch_add(1, Ordering::Relaxed) + 1;
                        progress("power", made, all, || {
                            format!("{} violations", found.lock().unwrap().len())
                        });
                    }
                }
            });
        }
    });
    for what in found.into_inner().unwrap() {
        outcome.violation(what);
    }
    outcome.figure("states", made.into_inner());
    outcome.figure("syncs", moments.len());
    outcome.figure("checkpoints", recording.checkpoints());
    outcome.figure("writes", recording.writes());
    outcome.figure("acknowledged", recording.acknowledged.len());
    if !plan.lying_disk {
        let opened = read_with_the_key(&app, &recording, &moments, &mut outcome);
        outcome.figure("opened_with_the_key", opened);
    }
    outcome.ended()
}
