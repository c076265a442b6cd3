//! What a filled-in form and a page's address hold.

use axum::body::{Body, to_bytes};
use url::form_urlencoded;

/// No form of ours is longer, in bytes.
const FORM_MAX: usize = 16 * 1024;

/// Names and values; of a name that comes twice the first counts.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads the part of an address behind the `?`.
    pub fn of_address(query: Option<&str>) -> Self {
        Self::read(query.unwrap_or_default().as_bytes())
    }

    /// Reads the body of a POST; `None` when it is too long or breaks off.
    pub async fn of_form(body: Body) -> Option<Self> {
        Some(Self::read(&to_bytes(body, FORM_MAX).await.ok()?))
    }

    fn read(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// The value of a name; empty when there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_form_is_read_whatever_its_bytes_and_not_beyond_its_limit() {
        let fields = Fields::of_form(Body::from("a=1&a=2&q=x%20%2B+y%FF&=&&b")).await.unwrap();
        assert_eq!(
            [fields.get("a"), fields.get("q"), fields.get("b"), fields.get("z")],
            ["1", "x + y\u{fffd}", "", ""]
        );
        assert!(Fields::of_form(Body::from("a".repeat(FORM_MAX + 1))).await.is_none());
    }
}
