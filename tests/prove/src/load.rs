//! Requests at a steady rate, whoever waits: what comes late counts from when it was due.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// One request and how it went.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shot {
    /// Which kind of request.
    pub(crate) kind: &'static str,
    /// Seconds after the beginning at which it was due.
    pub(crate) due: f64,
    /// Milliseconds from then until the whole answer was there.
    pub(crate) took: f64,
    /// The answer's status; 0 for none.
    pub(crate) status: u16,
}

/// Has `workers` ask `rate` times a second for so long. `ask` is told the worker and the request's number,
/// and gives back what kind it was and its status.
pub(crate) fn at_rate(
    rate: f64,
    lasting: Duration,
    workers: usize,
    ask: impl Fn(usize, usize) -> (&'static str, u16) + Sync,
) -> Vec<Shot> {
    let (next, shots) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let count = (lasting.as_secs_f64() * rate) as usize;
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let (next, shots, ask) = (&next, &shots, &ask);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        break;
                    }
                    let due = number as f64 / rate;
                    let early = due - begun.elapsed().as_secs_f64();
                    if early > 0.0 {
                        std::thread::sleep(Duration::from_secs_f64(early));
                    }
                    let (kind, status) = ask(worker, number);
                    let took = (begun.elapsed().as_secs_f64() - due) * 1_000.0;
                    shots.lock().unwrap().push(Shot {
                        kind,
                        due,
                        took,
                        status,
                    });
                }
            });
        }
    });
    shots.into_inner().unwrap()
}

/// The times of one kind of request, or of all.
pub(crate) fn times(shots: &[Shot], kind: Option<&str>) -> Vec<f64> {
    let of_kind = |shot: &&Shot| kind.is_none_or(|kind| shot.kind == kind);
    shots.iter().filter(of_kind).map(|shot| shot.took).collect()
}
