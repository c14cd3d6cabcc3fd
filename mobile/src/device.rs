use std::fmt;
use std::future::{Future, pending};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use authenticator::{
    Driver, Http, Identity, KeyStore, Keychain, Profile, ProfileFile, ProfileStore, Transport,
    Trouble,
};
use chrono::{DateTime, Local, NaiveDate};
use domain::{Clock, Entropy, SchoolId, SystemClock, SystemEntropy, Timestamp};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::words::common;

/// Something that takes its time.
type Passing = Pin<Box<dyn Future<Output = ()>>>;

/// What the app runs on: a place for keys, a memory, a server, time and chance.
#[derive(Clone)]
pub struct Device {
    open_keys: Arc<dyn Fn() -> Result<Arc<dyn KeyStore + Send + Sync>, Trouble> + Send + Sync>,
    profiles: Arc<dyn ProfileStore + Send + Sync>,
    transport: Arc<dyn Transport + Send + Sync>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    name: String,
    papers: PathBuf,
    link: Option<String>,
    links: Arc<Mutex<Option<UnboundedReceiver<String>>>>,
    browse: Arc<dyn Fn(&str) -> Result<(), Trouble> + Send + Sync>,
    second: Arc<dyn Fn() -> Passing + Send + Sync>,
    in_background: bool,
}

impl fmt::Debug for Device {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Device({})", self.name)
    }
}

impl PartialEq for Device {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.profiles, &other.profiles)
    }
}

impl Device {
    /// This very device: its keychain, its data folder, the network, and the folder where its owner
    /// looks for what is to be printed.
    pub fn this(folder: &Path, papers: PathBuf) -> Self {
        Self {
            open_keys: Arc::new(|| Ok(Arc::new(Keychain::open().map_err(Trouble::Store)?))),
            profiles: Arc::new(ProfileFile::within(folder)),
            transport: Arc::new(Http::new()),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy::new()),
            name: device_name().to_owned(),
            papers,
            link: None,
            links: Arc::default(),
            browse: Arc::new(authenticator::browse),
            second: Arc::new(|| Box::pin(tokio::time::sleep(Duration::from_secs(1)))),
            in_background: true,
        }
    }

    /// A device made of given parts, which answers at once, and for which no time passes by itself: for tests.
    pub fn of_parts(
        keys: Arc<dyn KeyStore + Send + Sync>,
        profiles: Arc<dyn ProfileStore + Send + Sync>,
        transport: Arc<dyn Transport + Send + Sync>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self {
            open_keys: Arc::new(move || Ok(Arc::clone(&keys))),
            profiles,
            transport,
            clock,
            entropy,
            name: "Test phone".to_owned(),
            papers: std::env::temp_dir(),
            link: None,
            links: Arc::default(),
            browse: Arc::new(|_| Err(Trouble::NoBrowser)),
            second: Arc::new(|| Box::pin(pending())),
            in_background: false,
        }
    }

    /// The same device, which saves what is to be printed in this folder.
    #[must_use]
    pub fn with_papers(self, papers: PathBuf) -> Self {
        Self { papers, ..self }
    }

    /// The same device, where a page or a square has opened the app by this link.
    #[must_use]
    pub fn with_link(self, link: Option<String>) -> Self {
        Self { link, ..self }
    }

    /// The same device, where links arrive while the app is open; an empty one wants only the window.
    #[must_use]
    pub fn with_links(self, links: UnboundedReceiver<String>) -> Self {
        Self {
            links: Arc::new(Mutex::new(Some(links))),
            ..self
        }
    }

    /// The same device with another browser.
    #[must_use]
    pub fn with_browser(
        self,
        browse: impl Fn(&str) -> Result<(), Trouble> + Send + Sync + 'static,
    ) -> Self {
        Self {
            browse: Arc::new(browse),
            ..self
        }
    }

    /// The same device, where a second passes when this says so: its clock is looked at then.
    #[must_use]
    pub fn with_seconds<F>(self, second: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + 'static,
    {
        Self {
            second: Arc::new(move || Box::pin(second())),
            ..self
        }
    }

    /// The same device with another way to its keychain, which may be locked or missing.
    #[must_use]
    pub fn with_keychain(
        self,
        open: impl Fn() -> Result<Arc<dyn KeyStore + Send + Sync>, Trouble> + Send + Sync + 'static,
    ) -> Self {
        Self {
            open_keys: Arc::new(open),
            ..self
        }
    }

    /// The link by which the app was opened.
    pub(crate) fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    /// Where links arrive while the app is open: for whoever asks first.
    pub(crate) fn links(&self) -> Option<UnboundedReceiver<String>> {
        self.links.lock().ok()?.take()
    }

    /// Opens a page in this device's browser.
    pub(crate) fn browse(&self, url: &str) -> Result<(), Trouble> {
        (self.browse)(url)
    }

    /// Where what is to be printed is saved.
    pub(crate) fn papers(&self) -> &Path {
        &self.papers
    }

    /// Waits for a second.
    pub(crate) fn second(&self) -> impl Future<Output = ()> {
        (self.second)()
    }

    /// The time by this device's clock, in Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.moment().seconds()
    }

    /// The same, to the microsecond.
    pub(crate) fn moment(&self) -> Timestamp {
        self.clock.now()
    }

    /// The day by this device's clock, where it is.
    pub(crate) fn today(&self) -> NaiveDate {
        DateTime::from_timestamp(self.now(), 0)
            .unwrap_or_default()
            .with_timezone(&Local)
            .date_naive()
    }

    /// The schools that this device has keys of, the one in use first.
    pub(crate) fn schools(&self) -> Result<Vec<Profile>, Trouble> {
        self.profiles.all().map_err(Trouble::Profile)
    }

    /// Goes on with another school.
    pub(crate) fn choose_school(&self, school: SchoolId) -> Result<(), Trouble> {
        self.profiles.choose(school).map_err(Trouble::Profile)
    }

    /// What the owner's list of devices will call it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Whether work that may wait leaves the thread that draws.
    pub(crate) const fn works_in_background(&self) -> bool {
        self.in_background
    }

    /// Lends its parts to some work on a machine. May wait for the keychain and the network.
    pub(crate) fn with_driver<T>(&self, work: impl FnOnce(&Driver<'_>) -> T) -> Result<T, Trouble> {
        let keys = (self.open_keys)()?;
        Ok(work(&Driver {
            keys: keys.as_ref(),
            profiles: self.profiles.as_ref(),
            transport: self.transport.as_ref(),
            clock: self.clock.as_ref(),
            entropy: self.entropy.as_ref(),
        }))
    }

    /// Who this device is, if it is anybody yet.
    pub(crate) fn identity(&self) -> Result<Option<Identity>, Trouble> {
        self.with_driver(|driver| Identity::load(driver.profiles, driver.keys))?
    }
}

const fn device_name() -> &'static str {
    if cfg!(target_os = "ios") {
        common::IPHONE
    } else if cfg!(target_os = "android") {
        common::ANDROID
    } else if cfg!(target_os = "macos") {
        common::MAC
    } else if cfg!(windows) {
        common::WINDOWS
    } else {
        common::LINUX
    }
}
