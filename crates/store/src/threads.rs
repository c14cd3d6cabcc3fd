//! The threads on which requests wait for the database.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinError;

use crate::{Error, Result};

/// How long an idle one is kept: as long as the server runs, as good as.
const KEPT: Duration = Duration::from_secs(365 * 24 * 3_600);

/// So many for all workers together, made at the start and kept: they take turns. The event loops have threads for waiting
/// too, but each loop has its own, which come when more wait than ever before, and go: whoever comes brings a stack
/// and a heap and puts the texts of all statements together again, so that a server's memory grew for hours.
#[derive(Debug)]
pub(crate) struct Threads {
    handle: Handle,
    runtime: Option<Runtime>,
}

impl Threads {
    pub(crate) fn at_most(many: usize) -> Result<Self> {
        let runtime = Builder::new_current_thread()
            .max_blocking_threads(many)
            .thread_keep_alive(KEPT)
            .thread_name("database")
            .build()
            .map_err(|error| Error::Away(Some(Box::new(error))))?;
        // None is done before the last has begun: all of them are made.
        let all = Arc::new(Barrier::new(many));
        for _ in 0..many {
            let all = Arc::clone(&all);
            drop(runtime.spawn_blocking(move || all.wait().is_leader()));
        }
        Ok(Self {
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
        })
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
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc::channel;

    use super::Threads;

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
