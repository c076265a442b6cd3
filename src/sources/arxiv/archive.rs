//! arXiv's past, by harvest: every day in a window of its own, page by page.
//!
//! A record tells the day of its paper's last change only, so that a paper is found on that day. Who polls arXiv gets
//! the latest days from its announcements; they are left to the polls, which post them.

use std::time::Duration;

use async_trait::async_trait;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::categories::{expand, oai_set};
use super::{Arxiv, Harvest, Records};
use crate::domain::SourceName;
use crate::sources::fetch::FetchError;
use crate::sources::{Archive, Page, SourceError};

/// How many days are left to the polls, today among them.
const LEFT_TO_POLLS: i64 = 2;

#[async_trait]
impl Archive for Arxiv {
    fn name(&self) -> SourceName {
        Self::NAME
    }

    fn category(&self, name: &str) -> Result<String, String> {
        match expand(name).as_slice() {
            [] => Err(format!(
                "arXiv has no category “{name}”; they are listed at https://arxiv.org/category_taxonomy"
            )),
            [only] => Ok(only.clone()),
            _ => Ok(name.trim().to_ascii_lowercase()),
        }
    }

    fn last_day(&self, today: Date) -> Date {
        today.saturating_sub(LEFT_TO_POLLS.days())
    }

    async fn page(
        &self,
        day: Date,
        category: Option<&str>,
        page: Option<&str>,
        today: Date,
    ) -> Result<Page, SourceError> {
        let read = self.changed_on(day, category, page, today).await;
        let records = read.map_err(|cause| SourceError { name: Self::NAME, day, cause })?;
        records.rows.warn(Self::NAME, &format!("the harvest of {day}"));
        Ok(Page {
            bad_rows: records.rows.bad_count(),
            listings: records.rows.listings,
            next: records.next,
            // The gate before every request waits as long as arXiv wants.
            pause: Duration::ZERO,
        })
    }
}

impl Arxiv {
    async fn changed_on(
        &self,
        day: Date,
        category: Option<&str>,
        page: Option<&str>,
        today: Date,
    ) -> Result<Records, FetchError> {
        if let Some(token) = page
            && let Some(records) = self.client.whole_records(&Harvest::Next(token), today).await?
        {
            return Ok(records);
        }
        // The first page, also of a day whose token has expired: a token lives for a day.
        let set = category.map(oai_set);
        let first = Harvest::On { day, set: set.as_deref() };
        self.client.whole_records(&first, today).await.map(Option::unwrap_or_default)
    }
}
