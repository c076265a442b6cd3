//! Prints for people (tables, sentences) or for programs (JSON Lines).

use std::io::Write as _;

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};
use serde::Serialize;

/// Where a command's results go: standard output, in one of two forms.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// True for JSON Lines.
    pub json: bool,
}

impl Output {
    /// Prints one JSON line per row, or one table of all rows.
    pub fn rows<R: Serialize>(self, rows: &[R], table: impl FnOnce(&[R]) -> Table) -> anyhow::Result<()> {
        if !self.json {
            return self.text(&table(rows).trim_fmt());
        }
        rows.iter().try_for_each(|row| self.line(row))
    }

    /// Prints one row for programs, or what `text` says for people.
    pub fn row<R: Serialize>(self, row: &R, text: impl FnOnce(&R) -> String) -> anyhow::Result<()> {
        if self.json { self.line(row) } else { self.text(&text(row)) }
    }

    /// Prints a sentence; programs do not get it.
    pub fn note(self, text: &str) -> anyhow::Result<()> {
        if self.json { Ok(()) } else { self.text(text) }
    }

    #[expect(clippy::unused_self, reason = "reads as the other methods do")]
    fn line<R: Serialize>(self, row: &R) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer(&mut out, row)?;
        out.write_all(b"\n")?;
        Ok(out.flush()?)
    }

    #[expect(clippy::unused_self, reason = "reads as the other methods do")]
    fn text(self, text: &str) -> anyhow::Result<()> {
        let mut out = anstream::stdout().lock();
        writeln!(out, "{text}")?;
        Ok(out.flush()?)
    }
}

/// Columns of a table that goes into a file or another program.
const PIPED_WIDTH: u16 = 140;

/// An empty table with these column heads, as wide as the terminal allows.
pub fn table(heads: &[&str]) -> Table {
    let underlined = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
    let mut table = Table::new();
    table.load_style(underlined).set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(PIPED_WIDTH);
    }
    table.set_header(heads.iter().copied());
    table
}

/// A count with its noun: `1 paper`, `3 papers`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}
