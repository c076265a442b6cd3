//! The platforms' requests, handed on as they came in.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::Pages;
use crate::chat::{Incoming, Webhook};

/// Hands a request to the platform whose path it has; until the process has begun its work, nobody takes any.
pub(super) async fn receive(State(pages): State<Arc<Pages>>, request: Request) -> Response {
    let Some(webhooks) = pages.webhooks.get() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "starting\n").into_response();
    };
    let asked = request.uri().path();
    let found = webhooks.iter().find_map(|webhook| {
        webhook.paths().iter().find(|path| **path == asked).map(|path| (webhook.clone(), *path))
    });
    match found {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(_) if request.method() != Method::POST => StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Some((webhook, path)) => hand_on(&*webhook, path, request).await,
    }
}

async fn hand_on(webhook: &dyn Webhook, path: &'static str, request: Request) -> Response {
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
