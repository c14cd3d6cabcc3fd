//! What the tests of keys share.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};

use diesel::prelude::*;
use domain::sql::Json;
use domain::{ConcernId, DeviceId, SchoolId};
use protocol::compartments::Compartment;
use protocol::roll::{Capability, Rights};
use serde_json::json;
use store::schema::{concern, kit, outbox, wrap};
use testkit::{Client, Phone, Served, TestApp};

/// All four compartments and every capability: what a second lead has.
pub(super) fn everything() -> Rights {
    Rights::unlimited(Compartment::ALL_COMMON.into())
}

/// The compartments about children, and these capabilities.
pub(super) fn common(capabilities: &[Capability]) -> Rights {
    Rights {
        compartments: [Compartment::PASTORAL, Compartment::SAFEGUARDING].into(),
        capabilities: capabilities.iter().copied().collect(),
        ..Rights::default()
    }
}

/// Enrols a new phone for somebody and has another phone grant it these rights.
pub(super) fn holder(app: &TestApp, name: &str, by: &Phone, rights: Rights) -> Phone {
    let link = app
        .browser_of(name)
        .post("/v1/enrolments", &json!({}))
        .expect(201);
    let phone = app.phone();
    phone.enrol(link["link"].as_str().expect("a link"));
    by.grant(&phone, rights);
    phone
}

pub(super) fn school_of(phone: &Phone) -> SchoolId {
    phone.profile().school
}

/// How many mails of a kind wait for somebody about keys.
pub(super) fn told(app: &TestApp, name: &str, event: &str) -> usize {
    let member = &app.person(name).member;
    let waiting: Vec<Json> = app
        .app
        .db
        .write_blocking(policy::Caller::nobody(), |tx| {
            outbox::table
                .select(outbox::payload)
                .load(tx.connection())
                .map_err(store::Error::from)
        })
        .expect("the outbox");
    waiting
        .iter()
        .map(|job| &job.0)
        .filter(|job| job["mail"] == "key" && job["of"]["member"] == **member)
        .filter(|job| job["of"]["event"] == event)
        .count()
}

/// A concern's sealed key as it lies in the database: generation, filed, bytes.
pub(super) fn sealed_key(app: &Served, school: SchoolId, id: &str) -> (i32, bool, Vec<u8>) {
    let id: ConcernId = id.parse().expect("an id");
    app.app
        .db
        .write_blocking(policy::Caller::system(school), move |tx| {
            concern::table
                .find((school, id))
                .select((concern::generation, concern::filed, concern::sealed_key))
                .first(tx.connection())
                .map_err(store::Error::from)
        })
        .expect("the concern")
}

/// How many wraps a device has in the database, of any generation.
pub(super) fn wraps_of(app: &Served, school: SchoolId, device: DeviceId) -> Vec<(String, i32)> {
    app.app
        .db
        .write_blocking(policy::Caller::system(school), move |tx| {
            wrap::table
                .filter(wrap::school_id.eq(school))
                .filter(wrap::device_id.eq(device))
                .order_by((wrap::compartment, wrap::generation))
                .select((wrap::compartment, wrap::generation))
                .load(tx.connection())
                .map_err(store::Error::from)
        })
        .expect("the wraps")
}

/// The recovery kit's part A.
pub(super) fn kit_part_a(app: &Served, school: SchoolId) -> Vec<u8> {
    app.app
        .db
        .write_blocking(policy::Caller::system(school), move |tx| {
            kit::table
                .filter(kit::school_id.eq(school))
                .select(kit::part_a)
                .first(tx.connection())
                .map_err(store::Error::from)
        })
        .expect("the kit")
}

/// How many recovery kits there are, confirmed or not.
pub(super) fn kits(app: &Served, school: SchoolId) -> i64 {
    app.app
        .db
        .write_blocking(policy::Caller::system(school), move |tx| {
            kit::table
                .filter(kit::school_id.eq(school))
                .count()
                .get_result(tx.connection())
                .map_err(store::Error::from)
        })
        .expect("the kits")
}

/// The ids that a list of concerns shows, in the order of the ids.
pub(super) fn listed(browser: &Client) -> Vec<String> {
    let list = browser.get("/v1/concerns").expect(200);
    let items = list["items"].as_array().expect("a list");
    let mut ids: Vec<String> = items
        .iter()
        .map(|item| item["id"].as_str().expect("an id").to_owned())
        .collect();
    ids.sort();
    ids
}

/// A server at another address that passes everything on, both ways: what stands between a person and
/// Safehold when they have followed the wrong link. A browser keeps its cookies by address, so none of those
/// that it has from Safehold ever come here.
pub(super) struct Between(String);

impl Between {
    pub(super) fn and(address: &str) -> Self {
        let target = address
            .strip_prefix("http://")
            .expect("an address")
            .to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let here = format!("http://{}", listener.local_addr().expect("its address"));
        std::thread::spawn(move || {
            for inward in listener.incoming().flatten() {
                let Ok(outward) = TcpStream::connect(&target) else {
                    return;
                };
                for (mut from, mut to) in [
                    (
                        inward.try_clone().expect("a handle"),
                        outward.try_clone().expect("a handle"),
                    ),
                    (outward, inward),
                ] {
                    std::thread::spawn(move || {
                        let mut buffer = [0; 4096];
                        while let Ok(length @ 1..) = from.read(&mut buffer) {
                            if to.write_all(&buffer[..length]).is_err() {
                                break;
                            }
                        }
                        drop(to.shutdown(Shutdown::Write));
                    });
                }
            }
        });
        Self(here)
    }

    /// Where it listens.
    pub(super) fn address(&self) -> &str {
        &self.0
    }

    /// The person's browser, as it comes to the wrong address: with no cookie of Safehold's.
    pub(super) fn browser(&self) -> Client {
        Client::new(&self.0)
    }
}
