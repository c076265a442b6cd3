//! The platforms' requests, handed on as they came in.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;

use crate::chat::{Incoming, Webhook};

/// One route for each path of a platform.
pub fn routes(webhook: &Arc<dyn Webhook>) -> Router {
    webhook.paths().iter().fold(Router::new(), |router, path| {
        let webhook = webhook.clone();
        router.route(path, post(move |request: Request| receive(webhook, path, request)))
    })
}

async fn receive(webhook: Arc<dyn Webhook>, path: &'static str, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, webhook.max_body()).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "the body is too long, or ended early\n").into_response();
    };
    let answer = webhook.receive(Incoming { path, headers: &head.headers, body: &body }).await;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Body::from(answer.body)).into_response();
    if !answer.content_type.is_empty() {
        let content_type = HeaderValue::from_static(answer.content_type);
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    }
    response
}
