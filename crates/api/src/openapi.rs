//! The contract, as `openapi/v1.json` has it.

use std::collections::BTreeSet;

use actix_web::App;
use utoipa::OpenApi as _;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ArrayItems, Schema};
use utoipa::openapi::{OpenApi, Ref, RefOr};
use utoipa_actix_web::{AppExt, scope};

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Safehold",
        description = "Safeguarding records: write a concern down in a minute; open it only with a key.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    servers((url = "/", description = "The server that this document comes from.")),
    tags(
        (name = "alerts", description = "What a key holder is told of."),
        (name = "audit", description = "Who did what, by ids."),
        (name = "concerns", description = "Writing down what was noticed, and acting on it."),
        (name = "dashboard", description = "What waits for a key holder."),
        (name = "devices", description = "What an authenticator app does; each request is signed."),
        (name = "health", description = "Whether the server answers."),
        (name = "imports", description = "Taking a roster in."),
        (name = "keys", description = "Who holds keys, and opening the records in a browser."),
        (name = "people", description = "Who works in the school."),
        (name = "pupils", description = "The children."),
        (name = "sessions", description = "Signing in and out."),
        (name = "settings", description = "Categories and alert rules."),
        (name = "setup", description = "Beginning: the first account and the first key."),
    ),
    components(schemas(rest::ProblemDocument, rest::FieldProblem)),
    modifiers(&Security),
    security(("session" = [], "access_token" = [])),
)]
struct Frame;

/// Cookie and token, both, on every call that does not say otherwise.
struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, document: &mut OpenApi) {
        use utoipa::openapi::security::{
            ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme,
        };
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
                rest::SESSION_COOKIE,
                "Set by `sign_in`. It ends after an hour without use, and an unlock after a quarter of one. \
                 What a page asks by itself is no use: it says so by `Safehold-Unattended: ?1`.",
            ))),
        );
        components.add_security_scheme(
            "access_token",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .bearer_format("JWT")
                    .description(Some("Five minutes long, from `mint_access_token`."))
                    .build(),
            ),
        );
        components.add_security_scheme(
            "device",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .description(Some(
                        "`Authorization: KH1 …`: each request is signed by the device, with its time \
                         and a number used once.",
                    ))
                    .build(),
            ),
        );
    }
}

/// The contract, made of the operations that are registered and of nothing else.
pub fn document() -> OpenApi {
    let (_, mut document) = App::new()
        .into_utoipa_app()
        .openapi(Frame::openapi())
        .service(scope("/v1").configure(crate::routes::v1))
        .split_for_parts();
    document.info.version = "1.0.0".to_owned();
    describe_responses(&mut document);
    name_items(&mut document);
    // A tag that no operation has yet would promise what is not there.
    let used: BTreeSet<String> = operations(&document)
        .flat_map(|operation| operation.tags.clone().unwrap_or_default())
        .collect();
    if let Some(tags) = &mut document.tags {
        tags.retain(|tag| used.contains(&tag.name));
    }
    document
}

/// Gives a description, which the format wants, to each answer that its status says all about.
fn describe_responses(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        for operation in [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ]
        .into_iter()
        .flatten()
        {
            for (status, response) in &mut operation.responses.responses {
                if let RefOr::T(response) = response
                    && response.description.is_empty()
                {
                    response.description = match status.as_str() {
                        "201" => "It was made.",
                        "202" => "It was taken, and is done later.",
                        "204" => "It was done.",
                        _ => "What was asked for.",
                    }
                    .to_owned();
                }
            }
        }
    }
}

/// Lets the page of a list refer to the schema of its rows, where the derive repeats it.
fn name_items(document: &mut OpenApi) {
    let Some(components) = &mut document.components else {
        return;
    };
    let names: BTreeSet<String> = components.schemas.keys().cloned().collect();
    for (name, schema) in &mut components.schemas {
        let (Some(row), RefOr::T(Schema::Object(page))) = (name.strip_prefix("Paged_"), schema)
        else {
            continue;
        };
        if let Some(RefOr::T(Schema::Array(items))) = page.properties.get_mut("items")
            && names.contains(row)
        {
            items.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(row).into()));
        }
    }
}

/// Every operation of a document.
fn operations(document: &OpenApi) -> impl Iterator<Item = &Operation> {
    document.paths.paths.values().flat_map(|item| {
        [&item.get, &item.post, &item.put, &item.patch, &item.delete]
            .into_iter()
            .filter_map(Option::as_ref)
    })
}
