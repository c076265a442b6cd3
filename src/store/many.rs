//! Statements for many rows at once: one text for both databases, made for a few sizes so that it can stay prepared.

use std::fmt::Write as _;
use std::sync::OnceLock;

/// How many rows the texts are for; more would only make them longer to read.
const SIZES: [usize; 3] = [64, 8, 1];

/// A statement whose `{}` stands for the values of some rows.
pub(super) struct Many {
    template: &'static str,
    /// The values of a row; 0 for a plain list of values.
    columns: usize,
    texts: [OnceLock<String>; SIZES.len()],
}

impl Many {
    /// `{}` stands for rows: `VALUES {}` becomes `VALUES ($1, $2), ($3, $4)`.
    pub const fn rows(template: &'static str, columns: usize) -> Self {
        Self { template, columns, texts: [const { OnceLock::new() }; SIZES.len()] }
    }

    /// `{}` stands for values: `id IN ({})` becomes `id IN ($1, $2)`.
    pub const fn list(template: &'static str) -> Self {
        Self::rows(template, 0)
    }

    /// The text for so many rows as a portion has.
    pub fn text(&'static self, rows: usize) -> &'static str {
        let place = SIZES.iter().position(|size| *size == rows).expect("portions have one of the sizes");
        self.texts[place].get_or_init(|| self.template.replace("{}", &self.values(rows)))
    }

    fn values(&self, rows: usize) -> String {
        let mut text = String::new();
        for row in 0..rows {
            text += if row > 0 { ", " } else { "" };
            if self.columns == 0 {
                let _ = write!(text, "${}", row + 1);
                continue;
            }
            for column in 0..self.columns {
                let _ = write!(
                    text,
                    "{}${}",
                    if column > 0 { ", " } else { "(" },
                    row * self.columns + column + 1
                );
            }
            text.push(')');
        }
        text
    }
}

/// Cuts rows into portions for which there are texts, in their order.
pub(super) fn portions<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= rows.len())?;
        let (portion, rest) = rows.split_at(size);
        rows = rest;
        Some(portion)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_numbers_its_values_and_every_row_comes_once() {
        static ROWS: Many = Many::rows("INSERT INTO t (a, b) VALUES {} ON CONFLICT DO NOTHING", 2);
        static LIST: Many = Many::list("SELECT a FROM t WHERE a IN ({}) OR b IN ({})");
        assert_eq!(ROWS.text(1), "INSERT INTO t (a, b) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        assert!(ROWS.text(64).ends_with("($125, $126), ($127, $128) ON CONFLICT DO NOTHING"));
        assert_eq!(LIST.text(1), "SELECT a FROM t WHERE a IN ($1) OR b IN ($1)");
        assert!(LIST.text(8).ends_with("b IN ($1, $2, $3, $4, $5, $6, $7, $8)"));
        let rows: Vec<u32> = (0..203).collect();
        let sizes: Vec<usize> = portions(&rows).map(<[u32]>::len).collect();
        assert_eq!(sizes, [64, 64, 64, 8, 1, 1, 1]);
        assert!(portions(&rows).flatten().eq(&rows));
        assert_eq!(portions::<u32>(&[]).count(), 0);
    }
}
