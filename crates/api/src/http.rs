//! The operations as they are served: what the binary and the tests both run.

use std::sync::OnceLock;

use actix_web::body::MessageBody;
use actix_web::dev::{ResourceDef, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data, PathConfig, QueryConfig, ServiceConfig};
use actix_web::{App as Actix, Error, HttpRequest, HttpResponse, ResponseError};
use rest::Problem;
use utoipa::openapi::path::PathItem;

use crate::App;

/// The application: every operation under `/v1`, behind the security headers, the request log and
/// compression. The binary adds its pages to it.
pub fn application(
    app: Data<App>,
) -> Actix<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    Actix::new()
        .app_data(app)
        .app_data(PathConfig::default().error_handler(|_, _| Problem::not_found().into()))
        .app_data(QueryConfig::default().error_handler(|_, _| unreadable_query().into()))
        .wrap(Compress::default())
        .wrap(rest::security_headers())
        .wrap(from_fn(rest::request_log))
        .wrap(from_fn(rest::renew_connections))
        .service(
            web::scope("/v1")
                .wrap(from_fn(rest::withheld_evenly))
                .configure(operations),
        )
}

fn operations(config: &mut ServiceConfig) {
    crate::routes::v1(&mut utoipa_actix_web::service_config::ServiceConfig::new(
        config,
    ));
    config.default_service(web::to(unknown));
}

/// What no operation answers: 405 if another method would be answered there, 404 otherwise.
async fn unknown(request: HttpRequest) -> HttpResponse {
    let methods = methods_of(request.path());
    if methods.is_empty() {
        return Problem::not_found().error_response();
    }
    let mut response = Problem::new("method-not-allowed").error_response();
    if let Ok(allowed) = methods.join(", ").parse() {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}

fn unreadable_query() -> Problem {
    Problem::new("invalid-input").detail("What stands after the question mark cannot be read.")
}

/// The methods that the contract has for an address.
fn methods_of(path: &str) -> Vec<&'static str> {
    static PLACES: OnceLock<Vec<(ResourceDef, Vec<&'static str>)>> = OnceLock::new();
    PLACES
        .get_or_init(|| {
            crate::openapi::document()
                .paths
                .paths
                .iter()
                .map(|(pattern, item)| (ResourceDef::new(pattern.as_str()), methods_in(item)))
                .collect()
        })
        .iter()
        .filter(|(place, _)| place.is_match(path))
        .flat_map(|(_, methods)| methods.iter().copied())
        .collect()
}

fn methods_in(item: &PathItem) -> Vec<&'static str> {
    [
        (Method::GET, item.get.is_some()),
        (Method::POST, item.post.is_some()),
        (Method::PUT, item.put.is_some()),
        (Method::PATCH, item.patch.is_some()),
        (Method::DELETE, item.delete.is_some()),
    ]
    .into_iter()
    .filter(|(_, has)| *has)
    .map(|(method, _)| match method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        _ => "DELETE",
    })
    .collect()
}
