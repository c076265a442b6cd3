//! Papers from the newest on, page by page.

use super::db::{query_as, query_scalar, reading};
use super::papers::PaperRow;
use super::{Store, StoreError};
use crate::domain::{Paper, PaperKey};

/// A page of the newest papers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Latest {
    /// The papers, the newest listing day first and each day from the last listed on.
    pub papers: Vec<Paper>,
    /// True when there are older ones.
    pub more: bool,
    /// The paper after which the page in front of this one begins; `None`: it begins with the newest, or is this one.
    pub in_front: Option<PaperKey>,
}

const NEWEST: &str = "SELECT * FROM paper ORDER BY day DESC, id DESC LIMIT $1";

const OLDER: &str = "SELECT * FROM paper
    WHERE (day, id) < (SELECT day, id FROM paper WHERE id = $2)
    ORDER BY day DESC, id DESC LIMIT $1";

/// The paper that stands so many places in front of one; `$2` itself counts as the first.
const IN_FRONT: &str = "SELECT id FROM paper
    WHERE (day, id) >= (SELECT day, id FROM paper WHERE id = $2)
    ORDER BY day, id LIMIT 1 OFFSET $1";

impl Store {
    /// The newest papers, or those that come after a paper in this order.
    pub async fn latest(&self, before: Option<PaperKey>, limit: u32) -> Result<Latest, StoreError> {
        let (rows, in_front): (Vec<PaperRow>, Option<i64>) = reading!(self, |tx| {
            match before {
                None => (query_as(NEWEST).bind(i64::from(limit) + 1).fetch_all(&mut *tx).await?, None),
                Some(before) => {
                    let rows =
                        query_as(OLDER).bind(i64::from(limit) + 1).bind(before.0).fetch_all(&mut *tx).await?;
                    let front: Option<i64> = query_scalar(IN_FRONT)
                        .bind(i64::from(limit))
                        .bind(before.0)
                        .fetch_optional(&mut *tx)
                        .await?;
                    (rows, front)
                }
            }
        });
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        let papers = rows.into_iter().take(limit).map(Paper::try_from).collect::<Result<_, _>>()?;
        Ok(Latest { papers, more, in_front: in_front.map(PaperKey) })
    }
}
