//! Concerns that were recorded before the test begins.

use serde_json::{Value, json};

use crate::{TestApp, Upload};

/// A concern in the making. What is not said is unremarkable.
#[derive(Debug)]
pub struct ConcernBuilder<'a> {
    app: &'a TestApp,
    author: &'a str,
    pupils: Vec<Value>,
    compartment: &'a str,
    narrative: &'a str,
    rest: Value,
    files: Vec<(&'a str, &'a str, &'a [u8])>,
}

/// A concern that was recorded: what its author learnt of it.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Its id.
    pub id: String,
    /// The number that people read out.
    pub reference: String,
}

impl Recorded {
    /// Where a key holder reads it.
    pub fn path(&self) -> String {
        format!("/v1/concerns/{}", self.id)
    }
}

impl<'a> ConcernBuilder<'a> {
    pub(crate) fn new(app: &'a TestApp) -> Self {
        Self {
            app,
            author: "Carys",
            pupils: Vec::new(),
            compartment: "safeguarding",
            narrative: "Came to school without a coat on a cold day.",
            rest: json!({}),
            files: Vec::new(),
        }
    }

    /// Who wrote it; Carys, if it does not matter.
    #[must_use]
    pub const fn raised_by(mut self, name: &'a str) -> Self {
        self.author = name;
        self
    }

    /// Whom it is about; Tomos Gale of Year 9, if it does not matter.
    #[must_use]
    pub fn about(self, pupil: &str) -> Self {
        self.with(pupil, "subject")
    }

    /// Somebody else in it.
    #[must_use]
    pub fn with(mut self, pupil: &str, role: &str) -> Self {
        let id = self.app.pupil(pupil);
        self.pupils.push(json!({ "pupil": id, "role": role }));
        self
    }

    /// In which compartment its category is.
    #[must_use]
    pub const fn kept_in(mut self, compartment: &'a str) -> Self {
        self.compartment = compartment;
        self
    }

    /// What was written.
    #[must_use]
    pub const fn saying(mut self, narrative: &'a str) -> Self {
        self.narrative = narrative;
        self
    }

    /// Any other members of the request, such as `json!({"urgent": true})`.
    #[must_use]
    pub fn and(mut self, members: Value) -> Self {
        if let (Value::Object(rest), Value::Object(members)) = (&mut self.rest, members) {
            rest.extend(members);
        }
        self
    }

    /// A file that comes with it.
    #[must_use]
    pub fn with_file(mut self, name: &'a str, content_type: &'a str, bytes: &'a [u8]) -> Self {
        self.files.push((name, content_type, bytes));
        self
    }

    /// The request's body, for a test that sends it itself.
    pub fn body(&self) -> Value {
        let mut pupils = self.pupils.clone();
        if pupils.is_empty() {
            pupils.push(json!({ "pupil": self.app.pupil("Tomos Gale"), "role": "subject" }));
        }
        let at = chrono::DateTime::from_timestamp(self.app.now() - 600, 0).expect("a time");
        let mut body = json!({
            "pupils": pupils,
            "categories": [self.app.category(self.compartment)],
            "occurred_at": at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            "occurred_precision": "about",
            "narrative": self.narrative,
            "urgent": false,
        });
        if let (Value::Object(body), Value::Object(rest)) = (&mut body, &self.rest) {
            body.extend(rest.clone());
        }
        body
    }

    /// Records it through HTTP, as its author.
    ///
    /// # Panics
    /// If it is refused.
    #[track_caller]
    pub fn create(self) -> Recorded {
        let browser = self.app.browser_of(self.author);
        let receipt = browser.post_once("/v1/concerns", &self.body()).expect(201);
        let recorded = Recorded {
            id: receipt["id"].as_str().expect("an id").to_owned(),
            reference: receipt["reference"].as_str().expect("a number").to_owned(),
        };
        for (name, content_type, bytes) in self.files {
            let file = Upload {
                name,
                content_type,
                bytes,
            };
            browser
                .upload(&format!("{}/attachments", recorded.path()), file, &[])
                .expect(201);
        }
        recorded
    }
}
