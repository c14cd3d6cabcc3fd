//! `/docs`: the contract, to read and to try. Everything comes from this binary.

use std::sync::OnceLock;

use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use actix_web::web::{self, Path, ServiceConfig};
use actix_web::{HttpResponse, ResponseError};
use rest::Problem;
use utoipa_swagger_ui::Config;

/// Swagger UI sets styles in the page and parses its own markup, which the policy of every other page
/// forbids; scripts are this server's all the same.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .route("/openapi/v1.json", web::get().to(contract))
        .route("/docs", web::get().to(front))
        .route("/docs/{file:.*}", web::get().to(file));
}

async fn contract() -> HttpResponse {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    let document = DOCUMENT
        .get_or_init(|| serde_json::to_string(&api::openapi::document()).unwrap_or_default());
    HttpResponse::Ok()
        .content_type("application/json")
        .body(document.as_str())
}

async fn front() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header(("Location", "/docs/"))
        .finish()
}

async fn file(path: Path<String>) -> HttpResponse {
    let config = Config::from("/openapi/v1.json")
        .use_base_layout()
        .try_it_out_enabled(false)
        .persist_authorization(false);
    match utoipa_swagger_ui::serve(&path, config.into()) {
        Ok(Some(file)) => HttpResponse::Ok()
            .insert_header((CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((CACHE_CONTROL, "no-cache"))
            .content_type(file.content_type)
            .body(file.bytes.into_owned()),
        Ok(None) | Err(_) => Problem::not_found().error_response(),
    }
}
