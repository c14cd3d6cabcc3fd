use actix_web::get;
use actix_web::web::Json;
use rest::Problems;
use serde::Serialize;

/// That the server answers.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Health {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// Say that the server answers.
#[utoipa::path(tag = "health", security(()), responses((status = 200, body = Health), Problems))]
#[get("/health")]
pub(super) async fn read_health() -> Json<Health> {
    Json(Health { status: "ok" })
}
