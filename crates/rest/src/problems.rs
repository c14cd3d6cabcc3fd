use std::collections::BTreeMap;

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{Ref, RefOr};

/// What every operation may answer besides what it is for: a problem document.
#[derive(Debug)]
pub struct Problems;

impl utoipa::IntoResponses for Problems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let document = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("ProblemDocument")))
            .build();
        let answer = |description: &str| {
            ResponseBuilder::new()
                .description(description)
                .content("application/problem+json", document.clone())
                .build()
                .into()
        };
        BTreeMap::from([
            (
                "4XX".to_owned(),
                answer("A refusal (RFC 9457), with a type of `openapi/problems.json`."),
            ),
            (
                "5XX".to_owned(),
                answer("A fault on our side; nothing is lost, and it may be tried again."),
            ),
        ])
    }
}
