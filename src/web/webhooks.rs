//! The platforms' requests, handed on as they came in.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;

use crate::chat::{Incoming, Outgoing, Webhook};

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
        return answer(&Outgoing::refused(413, "the body is too long, or ended early"));
    };
    let incoming = Incoming { path, headers: &head.headers, body: &body };
    answer(&webhook.receive(incoming).await)
}

fn answer(out: &Outgoing) -> Response {
    let status = StatusCode::from_u16(out.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let content_type = (header::CONTENT_TYPE, out.content_type());
    (status, [content_type], Body::from(out.body.clone())).into_response()
}
