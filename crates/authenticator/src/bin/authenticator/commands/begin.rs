use std::path::{Path, PathBuf};

use authenticator::{Enrol, Setup, enrol as enrolment, setup};
use protocol::kit::Sheet;
use serde_json::json;
use zeroize::Zeroizing;

use super::{Here, check, unexpected};
use crate::ask;
use crate::options::Begin;
use crate::report::{Failure, Report};

fn link(begin: &Begin) -> Result<String, Failure> {
    if begin.link == "-" {
        ask::first_line(Path::new("-")).map(|line| line.to_string())
    } else {
        Ok(begin.link.clone())
    }
}

/// `setup`
pub(super) fn set_up(
    here: &Here,
    begin: &Begin,
    sheets_to: Option<&Path>,
) -> Result<Report, Failure> {
    here.require_new()?;
    let mut machine = Setup::new(&begin.name, here.keys.kind());
    here.run(&mut machine, setup::Event::Link(link(begin)?));
    check(machine.trouble())?;
    here.run(&mut machine, setup::Event::Pin(ask::new_pin(&begin.pin)?));
    check(machine.trouble())?;
    let setup::State::Sheets {
        sheets,
        school_name,
        ..
    } = machine.state()
    else {
        return Err(unexpected());
    };
    let (sheets, school_name) = (sheets.clone(), school_name.clone());
    for sheet in &sheets {
        let printed = print_out(sheet, &school_name);
        let typed = match sheets_to {
            Some(folder) => written_back(sheet, &printed, folder)?,
            None => {
                ask::say(&printed)?;
                ask::line(&format!(
                    "Copy or print sheet {}, then type its last four characters",
                    sheet.number()
                ))?
            }
        };
        here.run(&mut machine, setup::Event::LastFour(sheet.number(), typed));
        check(machine.trouble())?;
    }
    here.run(&mut machine, setup::Event::Finish);
    check(machine.trouble())?;
    let identity = machine.into_identity().ok_or_else(unexpected)?;
    Ok(Report::new(
        format!(
            "{} is open, and this device holds its keys. Keep the three sheets in three places: any two of them restore everything.",
            identity.profile.school_name
        ),
        json!({
            "state": "ready",
            "school": identity.profile.school,
            "school_name": identity.profile.school_name,
            "member": identity.profile.member,
            "device": identity.profile.device,
            "roll_length": identity.profile.roll.length,
            "words": identity.words().to_string(),
        }),
    ))
}

pub(super) fn print_out(sheet: &Sheet, school_name: &str) -> Zeroizing<String> {
    let lines: Vec<String> = sheet
        .lines()
        .iter()
        .map(|line| format!("    {}", line.as_str()))
        .collect();
    Zeroizing::new(format!(
        "\nSafehold recovery sheet {} of 3 · {school_name}\nAny two sheets and a backup restore every record. One alone opens nothing.\n\n{}\n",
        sheet.number(),
        lines.join("\n"),
    ))
}

/// Writes a sheet, and takes the four characters from the file as it then is.
pub(super) fn written_back(sheet: &Sheet, printed: &str, folder: &Path) -> Result<String, Failure> {
    let path: PathBuf = folder.join(format!("sheet-{}.txt", sheet.number()));
    std::fs::create_dir_all(folder)?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(&path)
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    std::io::Write::write_all(&mut file, printed.as_bytes())?;
    file.sync_all()?;
    let text = ask::whole(&path)?;
    Ok(text
        .lines()
        .rfind(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .trim()
        .to_owned())
}

/// `enrol`
pub(super) fn enrol(here: &Here, begin: &Begin) -> Result<Report, Failure> {
    here.require_new()?;
    let mut machine = Enrol::new(&begin.name, here.keys.kind());
    here.run(&mut machine, enrolment::Event::Link(link(begin)?));
    check(machine.trouble())?;
    here.run(
        &mut machine,
        enrolment::Event::Pin(ask::new_pin(&begin.pin)?),
    );
    check(machine.trouble())?;
    let enrolment::State::Waiting {
        school_name,
        words,
        link,
    } = machine.state()
    else {
        return Err(unexpected());
    };
    let device = machine.identity().map(|identity| identity.profile.device);
    Ok(Report::new(
        format!(
            "This device is enrolled at {school_name} and waits for a key.\nRead these six words to a key holder:\n\n    {words}\n\nor let them open or paste this link:\n\n    {link}"
        ),
        json!({
            "state": "waiting",
            "school_name": school_name,
            "device": device,
            "words": words.to_string(),
            "link": link,
        }),
    ))
}
