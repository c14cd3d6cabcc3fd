//! Rosters read as a whole: the real ones, in every encoding, with every fault, and out of hostile zips.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by failing"
)]

mod encodings;
mod faults;
mod hostile;
mod real;
mod schools;
mod zips;

use roster::{Files, Limits, Roster};

/// Reads files given as name and text.
fn read(files: &[(&str, &str)]) -> Roster {
    let files = files
        .iter()
        .map(|(name, text)| (*name, text.as_bytes().to_vec()));
    roster::read(&Files::from_memory(files, Limits::default()).unwrap()).unwrap()
}

/// Each refusal on a line: where, which column, why.
fn refusals(roster: &Roster) -> Vec<String> {
    let lines = roster.refused.iter().map(|refusal| {
        format!(
            "{}:{} {}: {}",
            refusal.file,
            refusal.line,
            refusal.column.as_deref().unwrap_or("-"),
            refusal.reason
        )
    });
    lines.collect()
}

const ORGS: &str = "\
sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId
d1,active,,Juniper Harbour,district,,
s1,active,,Emerald Primary,school,1001,d1
s2,active,,Cerulean High,school,1002,d1
x1,active,,Science,department,,s2
";

const USERS: &str = "\
sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,identifier,email,sms,phone,agentSourcedIds,grades,password
p1,active,true,s1,student,ora,Ora,Klein,A823432110001,,,,c1,R,secret-one
p2,active,true,s2,student,zoe,Zoë,O'Neill,,,,,\"c1,c2\",07,secret-two
t1,active,true,\"s1,s2\",teacher,carys,Carys,Bevan,,carys@emerald.example,,,,,secret-three
a1,active,true,d1,administrator,daf,Dafydd,Rees,,daf@juniper.example,,,,,secret-four
c1,active,true,s1,guardian,,Jean,Klein,,jean@home.example,,01234 567890,,,secret-five
c2,active,true,s2,parent,,Sean,O'Neill,,,07700 900123,,p2,,secret-six
";

const CLASSES: &str = "\
sourcedId,status,title,classType,schoolSourcedId
k1,active,Form R,homeroom,s1
k2,active,Chemistry,scheduled,x1
";

const ENROLMENTS: &str = "\
sourcedId,status,classSourcedId,userSourcedId,role,beginDate,endDate
e1,active,k1,p1,student,2026-09-01,2027-07-20
e2,active,k2,p2,student,2026-09-01,2027-07-20
e3,active,k2,t1,teacher,,
";

const DEMOGRAPHICS: &str = "\
sourcedId,status,birthDate
p1,active,2021-07-20
p2,active,2014-02-03
";

/// A small OneRoster export, with one text in one file replaced.
fn one_roster(file: &str, old: &str, new: &str) -> Roster {
    let mut files = [
        ("orgs.csv", ORGS.to_owned()),
        ("users.csv", USERS.to_owned()),
        ("classes.csv", CLASSES.to_owned()),
        ("enrollments.csv", ENROLMENTS.to_owned()),
        ("demographics.csv", DEMOGRAPHICS.to_owned()),
    ];
    for (name, text) in &mut files {
        if name == &file {
            assert!(text.contains(old), "{file} holds no {old}");
            *text = text.replacen(old, new, 1);
        }
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    read(&files)
}
