use std::path::{Path, PathBuf};

use authenticator::Trouble;
use protocol::kit::Sheet;

use crate::device::Device;
use crate::paper;

/// The sheet at hand as a page to print. It is on the disk for as long as it is not on paper.
#[derive(Debug, Default)]
pub(super) struct SavedSheet(Option<PathBuf>);

impl SavedSheet {
    /// Where it was saved.
    pub(super) fn path(&self) -> Option<&Path> {
        self.0.as_deref()
    }

    /// Saves this one of the sheets.
    pub(super) fn save(
        &mut self,
        sheets: &[Sheet; 3],
        number: u8,
        school_name: &str,
        device: &Device,
    ) -> Result<(), Trouble> {
        let Some(sheet) = sheets.iter().find(|sheet| sheet.number() == number) else {
            return Ok(());
        };
        let page = paper::Page {
            school_name,
            made: device.today(),
            sheet,
        };
        let path = paper::save(device.papers(), page)
            .map_err(|error| Trouble::Profile(error.to_string()))?;
        self.0 = Some(path);
        Ok(())
    }

    /// Deletes it.
    pub(super) fn forget(&mut self) {
        if let Some(path) = self.0.take() {
            // Its owner may have deleted it already.
            drop(std::fs::remove_file(path));
        }
    }
}

impl Drop for SavedSheet {
    fn drop(&mut self) {
        self.forget();
    }
}
