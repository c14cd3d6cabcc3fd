use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody};
use serde::Serialize;

/// 201 with the address of what was made.
#[derive(Debug)]
pub struct Created<T> {
    location: Option<String>,
    body: T,
}

impl<T> Created<T> {
    /// With an address.
    pub fn at(location: impl Into<String>, body: T) -> Self {
        Self {
            location: Some(location.into()),
            body,
        }
    }

    /// Without an address: what was made cannot be read back by whoever made it.
    pub const fn unseen(body: T) -> Self {
        Self {
            location: None,
            body,
        }
    }
}

impl<T: Serialize> Responder for Created<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::Created();
        if let Some(location) = self.location {
            response.insert_header((LOCATION, location));
        }
        response.json(self.body)
    }
}
