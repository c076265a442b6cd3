//! Bodies that are too much, too slow, too short or not what they say.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use paperwire::sources::{FetchConfig, FetchError};

use super::super::config;
use super::wire::{Says, Wire, whole};

pub const CODINGS: [&str; 4] = ["gzip", "deflate", "br", "zstd"];

/// Packs a body as well as the coding can.
pub fn packed(coding: &str, body: &[u8]) -> Vec<u8> {
    match coding {
        "gzip" => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(body).unwrap();
            encoder.finish().unwrap()
        }
        "deflate" => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(body).unwrap();
            encoder.finish().unwrap()
        }
        "br" => {
            let mut encoder = brotli::CompressorWriter::new(Vec::new(), 4096, 9, 22);
            encoder.write_all(body).unwrap();
            encoder.into_inner()
        }
        "zstd" => zstd::encode_all(body, 9).unwrap(),
        other => panic!("{other} is no coding"),
    }
}

fn coded(coding: &str, body: &[u8]) -> String {
    format!("content-encoding: {coding}\r\ncontent-length: {}\r\n", body.len())
}

async fn fetch(headers: &str, body: &[u8]) -> Result<Vec<u8>, FetchError> {
    Wire::answering(headers, body).await.fetch(config()).await
}

#[tokio::test]
async fn every_coding_is_undone_up_to_the_cap() {
    let limit = config().max_body;
    for coding in CODINGS {
        let body = packed(coding, &vec![b' '; limit]);
        let read = fetch(&coded(coding, &body), &body).await.unwrap_or_else(|e| panic!("{coding}: {e}"));
        assert_eq!(read.len(), limit, "{coding}");
        let body = packed(coding, &vec![b' '; limit + 1]);
        let error = fetch(&coded(coding, &body), &body).await.expect_err(coding);
        assert!(matches!(error, FetchError::TooLarge { .. }), "{coding}: {error}");
    }
}

#[tokio::test]
async fn a_bomb_of_any_coding_is_stopped_at_the_cap() {
    for coding in CODINGS {
        let bomb = packed(coding, &vec![b' '; 32 * 1024 * 1024]);
        assert!(bomb.len() < 64 * 1024, "{coding}: {} bytes are no bomb", bomb.len());
        let error = fetch(&coded(coding, &bomb), &bomb).await.expect_err(coding);
        assert!(matches!(error, FetchError::TooLarge { .. }), "{coding}: {error}");
    }
}

#[tokio::test]
async fn a_bomb_that_never_ends_is_stopped_at_the_cap() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let mut write = || {
        encoder.write_all(&vec![b' '; 1024 * 1024]).unwrap();
        // Ends a block, and with nothing but spaces before it every further block is the same.
        encoder.flush().unwrap();
        encoder.get_ref().len()
    };
    let (first, second) = (write(), write());
    let block = encoder.get_ref()[first..second].to_vec();
    let head = whole("content-encoding: gzip\r\n", &encoder.get_ref()[..second]);
    let wire = Wire::start(vec![Says::Endless(head, block)]).await;
    let error = wire.fetch(config()).await.unwrap_err();
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn a_bomb_inside_a_bomb_is_not_opened() {
    let inner = packed("gzip", &vec![b' '; 32 * 1024 * 1024]);
    let bomb = packed("gzip", &inner);
    assert_eq!(fetch(&coded("gzip", &bomb), &bomb).await.unwrap(), inner, "one layer is what was said");
    for codings in ["gzip, gzip", "gzip, br", "compress", "x-unknown"] {
        let error = fetch(&coded(codings, &bomb), &bomb).await.expect_err(codings);
        assert!(matches!(error, FetchError::NotTheApi { .. }), "{codings}: {error}");
    }
}

#[tokio::test]
async fn a_body_that_ends_too_soon_is_no_document() {
    let text = vec![b'x'; 4096];
    for coding in CODINGS {
        let body = packed(coding, &text);
        // The length is right, the content is half: only the coding can tell.
        let half = &body[..body.len() / 2];
        let error = fetch(&coded(coding, half), half).await.expect_err(coding);
        assert!(matches!(error, FetchError::BrokeOff { .. }) && error.is_passing(), "{coding}: {error}");
        let error = fetch(&coded(coding, &text), &text).await.expect_err(coding);
        assert!(matches!(error, FetchError::BrokeOff { .. }), "{coding}: {error}");
    }
    for headers in ["content-length: 4097\r\n", "transfer-encoding: chunked\r\n"] {
        let body = if headers.starts_with('t') { [b"1000\r\n", &text[..]].concat() } else { text.clone() };
        let error = fetch(headers, &body).await.expect_err(headers);
        assert!(matches!(error, FetchError::BrokeOff { .. }) && error.is_passing(), "{headers}: {error}");
    }
}

#[tokio::test]
async fn a_wrong_length_is_believed_where_it_does_no_harm_and_refused_elsewhere() {
    assert_eq!(fetch("content-length: 3\r\n", b"[1]garbage").await.unwrap(), b"[1]");
    let error = fetch("content-length: 999999999999\r\n", b"[]").await.unwrap_err();
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error}");
    for headers in [
        "content-length: -1\r\n",
        "content-length: 2\r\ncontent-length: 3\r\n",
        "content-length: 99999999999999999999999\r\n",
        "content-length: x\r\n",
    ] {
        let error = fetch(headers, b"[]").await.expect_err(headers);
        assert!(matches!(error, FetchError::BrokeOff { .. }), "{headers}: {error}");
    }
}

#[tokio::test]
async fn a_trickle_is_given_up() {
    let wire = Wire::start(vec![Says::Drips(whole("", b"["), 10)]).await;
    let config = FetchConfig { slow_start: Duration::from_millis(50), ..config() };
    let error = wire.fetch(config).await.unwrap_err();
    assert!(matches!(error, FetchError::TooSlow { .. }) && error.is_passing(), "{error}");
    assert!(error.to_string().ends_with("came at less than 1024 bytes a second"), "{error}");
}

#[tokio::test]
async fn a_head_that_never_ends_is_given_up() {
    let header = format!("x-filler: {}\r\n", "x".repeat(1000)).into_bytes();
    let wire = Wire::start(vec![Says::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), header)]).await;
    let error = wire.fetch(config()).await.unwrap_err();
    assert!(matches!(error, FetchError::BrokeOff { .. }), "{error}");
    let trickled = Wire::start(vec![Says::Drips(b"HTTP/1.1 200 OK\r\nx:".to_vec(), 10)]).await;
    let config = FetchConfig { total_timeout: Duration::from_millis(200), ..config() };
    let error = trickled.fetch(config).await.unwrap_err();
    assert!(matches!(error, FetchError::TimedOut { .. }), "{error}");
}
