//! The web client, out of this binary.

use std::borrow::Cow;

use actix_web::http::header::{
    AcceptEncoding, CACHE_CONTROL, CONTENT_ENCODING, ETAG, Encoding, EntityTag, Header,
    IF_NONE_MATCH, IfNoneMatch, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use rest::Problem;
use rust_embed::{EmbeddedFile, RustEmbed};

/// What `vite build` makes. In a debug build the folder is read at each request.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Built;

const FRONT: &str = "index.html";
/// Files whose names hold a hash of what is in them.
const HASHED: &str = "assets/";

/// Answers what no operation does: a file of the client, or its front page, which then shows the page
/// that the address names.
pub(crate) async fn page(request: HttpRequest) -> HttpResponse {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Problem::not_found().error_response();
    }
    let path = request.path().trim_start_matches('/');
    // The builder's own notes lie beside what it built.
    if path.starts_with(".vite/") {
        return Problem::not_found().error_response();
    }
    if let Some(file) = Built::get(path) {
        return answer(&request, path, &file);
    }
    // A missing file is missing; any other address is a page of the client's own.
    let names_a_file = path
        .rsplit('/')
        .next()
        .is_some_and(|last| last.contains('.'));
    match Built::get(FRONT) {
        Some(front) if !names_a_file => answer(&request, FRONT, &front),
        _ => Problem::not_found().error_response(),
    }
}

fn answer(request: &HttpRequest, path: &str, file: &EmbeddedFile) -> HttpResponse {
    let keep = match path.starts_with(HASHED) {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    // The build packs each text file harder than there is time for at each visit.
    let packed = match takes_brotli(request) {
        true => Built::get(&format!("{path}.br")),
        false => None,
    };
    let mime = file.metadata.mimetype();
    let mut response = HttpResponse::Ok();
    if packed.is_some() {
        response.insert_header((CONTENT_ENCODING, "br"));
    }
    let file = packed.as_ref().unwrap_or(file);
    let tag = EntityTag::new_strong(tag_of(&file.metadata.sha256_hash()));
    response
        .insert_header((CACHE_CONTROL, keep))
        .insert_header((VARY, "accept-encoding"))
        .insert_header((ETAG, tag.to_string()));
    if is_known(request, &tag) {
        return response.status(StatusCode::NOT_MODIFIED).finish();
    }
    response.content_type(mime);
    match &file.data {
        Cow::Borrowed(bytes) => response.body(*bytes),
        Cow::Owned(bytes) => response.body(bytes.clone()),
    }
}

fn takes_brotli(request: &HttpRequest) -> bool {
    let known = [Encoding::brotli(), Encoding::identity()];
    AcceptEncoding::parse(request)
        .ok()
        .and_then(|wanted| wanted.negotiate(known.iter()))
        .is_some_and(|chosen| chosen == Encoding::brotli())
}

fn is_known(request: &HttpRequest, tag: &EntityTag) -> bool {
    request.headers().contains_key(IF_NONE_MATCH)
        && match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(known)) => known.iter().any(|one| one.weak_eq(tag)),
            Err(_) => false,
        }
}

fn tag_of(hash: &[u8; 32]) -> String {
    hash[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
