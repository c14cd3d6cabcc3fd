//! The threads on which requests wait for the database.

use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinError;

use crate::{Error, Result};

/// How long an idle one is kept: as long as the server runs, as good as.
const KEPT: Duration = Duration::from_secs(365 * 24 * 3_600);

/// Steps of priority by which long work stands behind everything else that the server does.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// So many for all workers together, made at the start and kept: they take turns. The event loops have threads for waiting
/// too, but each loop has its own, which come when more wait than ever before, and go: whoever comes brings a stack
/// and a heap and puts the texts of all statements together again, so that a server's memory grew for hours.
#[derive(Debug)]
pub(crate) struct Threads {
    many: usize,
    handle: Handle,
    runtime: Option<Runtime>,
}

impl Threads {
    pub(crate) fn at_most(many: usize) -> Result<Self> {
        Self::start(many, "database", || ())
    }

    /// Threads that [give way](give_way) to all others.
    pub(crate) fn aside(many: usize) -> Result<Self> {
        Self::start(many, "aside", give_way)
    }

    fn start(many: usize, name: &str, first: fn()) -> Result<Self> {
        let runtime = Builder::new_current_thread()
            .max_blocking_threads(many)
            .thread_keep_alive(KEPT)
            .thread_name(name)
            .on_thread_start(first)
            .build()
            .map_err(|error| Error::Away(Some(Box::new(error))))?;
        // None is done before the last has begun: all of them are made.
        let all = Arc::new(Barrier::new(many));
        for _ in 0..many {
            let all = Arc::clone(&all);
            drop(runtime.spawn_blocking(move || all.wait().is_leader()));
        }
        Ok(Self {
            many,
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
        })
    }

    /// Does something once on each of them, and waits for it, this long at most.
    pub(crate) fn on_each(&self, work: fn(), patience: Duration) {
        let all = Arc::new(Barrier::new(self.many));
        let (done, is_done) = channel::<()>();
        for _ in 0..self.many {
            let (all, done) = (Arc::clone(&all), done.clone());
            drop(self.handle.spawn_blocking(move || {
                work();
                drop(done);
                // Whoever is through takes no other one's.
                all.wait();
            }));
        }
        drop(done);
        // Nothing is sent: it ends when the last has let go.
        let _ended = is_done.recv_timeout(patience);
    }

    /// Runs it there. What has begun runs to its end, whether or not anybody waits for it still.
    ///
    /// # Errors
    /// If it panics.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> std::result::Result<T, JoinError> {
        self.handle.spawn_blocking(work).await
    }
}

/// Lowers the priority of this thread, and of those that it starts: whoever writes a concern down has the machine as if it
/// were not there. Where the operating system knows only the priority of a process, nothing.
pub fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::warn!(%error, "long work does not give way to other work");
    }
}

/// Without waiting: it may be on one of them that the last to know them lets go.
impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::channel;
    use std::sync::{Arc, Mutex};
    use std::thread::ThreadId;
    use std::time::Duration;

    use super::Threads;

    #[test]
    fn what_is_done_on_each_is_done_once_on_each() {
        static DONE: Mutex<Vec<ThreadId>> = Mutex::new(Vec::new());
        let threads = Threads::at_most(3).unwrap();
        threads.on_each(
            || DONE.lock().unwrap().push(std::thread::current().id()),
            Duration::from_secs(60),
        );
        let done = DONE.lock().unwrap();
        let each: HashSet<_> = done.iter().collect();
        assert_eq!((done.len(), each.len()), (3, 3));
    }

    #[tokio::test]
    async fn no_more_run_at_once_than_there_are_threads() {
        let threads = Threads::at_most(2).unwrap();
        let (begun, has_begun) = channel();
        let (mut go, mut running) = (Vec::new(), Vec::new());
        for _ in 0..2 {
            let begun = begun.clone();
            let (let_go, may_go) = channel::<()>();
            go.push(let_go);
            running.push(threads.handle.spawn_blocking(move || {
                begun.send(()).unwrap();
                may_go.recv().unwrap();
            }));
        }
        has_begun.recv().unwrap();
        has_begun.recv().unwrap();
        let third_ran = Arc::new(AtomicBool::new(false));
        let ran = Arc::clone(&third_ran);
        let third = threads
            .handle
            .spawn_blocking(move || ran.store(true, Ordering::SeqCst));
        assert!(!third_ran.load(Ordering::SeqCst));
        go.iter().for_each(|go| go.send(()).unwrap());
        third.await.unwrap();
        for one in running {
            one.await.unwrap();
        }
        assert!(third_ran.load(Ordering::SeqCst));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn long_work_and_what_it_starts_give_way_to_all_other() {
        let steps = || rustix::process::getpriority_process(None).unwrap();
        let (aside, everyday) = (Threads::aside(1).unwrap(), Threads::at_most(1).unwrap());
        let before = steps();
        for _ in 0..2 {
            let started = move || (steps(), std::thread::spawn(steps).join().unwrap());
            let found = aside.run(started).await.unwrap();
            let lowest = (before + super::NICENESS).min(19);
            assert_eq!(found, (lowest, lowest));
        }
        assert_eq!(everyday.run(steps).await.unwrap(), before);
    }

    #[tokio::test]
    async fn a_panic_ends_one_piece_of_work_and_no_thread() {
        let threads = Threads::at_most(1).unwrap();
        let ended = threads.run(|| panic!("a defect")).await;
        assert!(ended.unwrap_err().is_panic());
        assert_eq!(threads.run(|| 7).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn the_last_to_let_go_may_be_one_of_them() {
        let threads = Arc::new(Threads::at_most(1).unwrap());
        let last = Arc::clone(&threads);
        let (go, may_go) = channel::<()>();
        let done = threads.handle.spawn_blocking(move || {
            may_go.recv().unwrap();
            drop(last);
            7
        });
        drop(threads);
        go.send(()).unwrap();
        assert_eq!(done.await.unwrap(), 7);
    }
}
