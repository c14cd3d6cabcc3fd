use authenticator::{NewKit, Recover, TestKit, Trouble, new_kit, recover, test_kit};
use domain::DeviceId;
use protocol::kit::Sheet;

use super::{PIN, Phone, lock};

impl Phone {
    /// Prints the sheets that are shown.
    pub(super) fn print(&self, sheets: &[Sheet; 3]) {
        let printed = sheets.iter().map(|sheet| {
            let lines: Vec<String> = sheet.lines().iter().map(|line| line.to_string()).collect();
            format!("Sheet {} of 3\n\n{}\n", sheet.number(), lines.join("\n"))
        });
        *lock(&self.pocket.sheets) = printed.collect();
    }

    /// Two of the recovery sheets that this phone had printed, by their numbers, typed one after the other.
    #[track_caller]
    pub fn sheets(&self, one: usize, other: usize) -> String {
        let printed = lock(&self.pocket.sheets);
        let sheet = |number: usize| printed.get(number - 1).expect("a sheet was printed");
        format!("{}\n{}", sheet(one), sheet(other))
    }

    /// Types two recovery sheets into this phone, which was enrolled and waits, and gives back how that
    /// ended, well or ill.
    pub fn recover(&self, sheets: &str, revoked: &[DeviceId]) -> Recover {
        let driver = self.driver();
        let mut machine = Recover::new(self.identity());
        driver.run(&mut machine, recover::Event::Start);
        if machine.state() == &recover::State::OtherServer {
            driver.run(&mut machine, recover::Event::ServerWasRestored);
        }
        driver.run(
            &mut machine,
            recover::Event::Sheets(sheets.to_owned().into()),
        );
        if matches!(machine.state(), recover::State::Deciding { .. }) {
            let event = recover::Event::Decide(revoked.to_vec(), PIN.to_owned().into());
            driver.run(&mut machine, event);
        }
        machine
    }

    /// Makes a new recovery kit and prints its sheets; the old ones go to the shredder.
    #[track_caller]
    pub fn new_kit(&self) {
        let driver = self.driver();
        let mut machine = NewKit::new(self.identity());
        driver.run(&mut machine, new_kit::Event::Start(PIN.to_owned().into()));
        let new_kit::State::Sheets { sheets, .. } = machine.state() else {
            panic!("no sheets: {:?}", machine.trouble());
        };
        let sheets = sheets.clone();
        for sheet in &sheets {
            let event = new_kit::Event::LastFour(sheet.number(), sheet.last_four().to_string());
            driver.run(&mut machine, event);
        }
        driver.run(&mut machine, new_kit::Event::Finish);
        assert!(
            matches!(machine.state(), new_kit::State::Ready),
            "no new kit: {:?}",
            machine.trouble()
        );
        self.print(&sheets);
    }

    /// Makes a new recovery kit while something else happens before it is finished, and gives back what went
    /// wrong.
    #[track_caller]
    pub fn new_kit_with(&self, meanwhile: impl FnOnce()) -> Option<Trouble> {
        let driver = self.driver();
        let mut machine = NewKit::new(self.identity());
        driver.run(&mut machine, new_kit::Event::Start(PIN.to_owned().into()));
        let new_kit::State::Sheets { sheets, .. } = machine.state() else {
            panic!("no sheets: {:?}", machine.trouble());
        };
        for sheet in sheets.clone() {
            let event = new_kit::Event::LastFour(sheet.number(), sheet.last_four().to_string());
            driver.run(&mut machine, event);
        }
        meanwhile();
        driver.run(&mut machine, new_kit::Event::Finish);
        machine.trouble().cloned()
    }

    /// Tries two recovery sheets out, and gives back how that ended.
    pub fn test_kit(&self, sheets: &str) -> TestKit {
        let driver = self.driver();
        let mut machine = TestKit::new(self.identity());
        driver.run(&mut machine, test_kit::Event::Start);
        driver.run(
            &mut machine,
            test_kit::Event::Sheets(sheets.to_owned().into()),
        );
        machine
    }
}
