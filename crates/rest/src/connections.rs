use std::any::Any;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::Error;
use actix_web::body::MessageBody;
use actix_web::dev::{Extensions, ServiceRequest, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::middleware::Next;

/// Requests that one connection may bring. Another costs its client less than any of them.
const MOST_REQUESTS: u32 = 100;

/// How many requests a connection has brought.
#[derive(Debug, Default)]
struct Brought(AtomicU32);

/// Begins to count a connection's requests; for `HttpServer::on_connect`.
pub fn count_requests(_: &dyn Any, of_connection: &mut Extensions) {
    of_connection.insert(Brought::default());
}

/// Asks the client for another connection after [`MOST_REQUESTS`].
///
/// A connection's buffers grow with what it has to carry at its busiest moment, and stay so for as long as it is there,
/// which behind a proxy is for ever. With the connection they are given back. Where [`count_requests`] was not given to
/// the server, nothing is counted and nothing asked.
///
/// # Errors
/// What the handler returns.
pub async fn renew_connections(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let is_last = request.conn_data::<Brought>().is_some_and(|brought| {
        let before = brought.0.fetch_add(1, Ordering::Relaxed);
        before + 1 >= MOST_REQUESTS
    });
    let mut response = next.call(request).await?;
    if is_last {
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}
