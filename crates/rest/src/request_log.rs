use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

/// One line a request: method, the route's pattern and the status class. No path, no query, no
/// address, no person: who reported what may not be read out of a log.
///
/// # Errors
/// What the handler returns.
pub async fn request_log(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let method = request.method().clone();
    let response = next.call(request).await?;
    let route = response
        .request()
        .match_pattern()
        .unwrap_or_else(|| "-".to_owned());
    let class = response.status().as_u16() / 100;
    tracing::info!(%method, route, class = format!("{class}xx"), "request");
    Ok(response)
}
