//! Cuts a JSON array into its rows without reading them.
//!
//! Each row is then parsed on its own, so that one with a broken escape or a bottomless nesting costs
//! itself and not the day, and only one row at a time is held in memory as a tree. What is not one
//! whole array is refused: half an answer must not look like a short day.

/// The most rows of one body; the API gives 100, and millions of empty ones would fit below the cap of a body.
const MOST_ROWS: usize = 2_000;

/// Splits `[a, b, c]` into the bytes of `a`, `b` and `c`.
pub(super) fn split(body: &[u8]) -> Result<Vec<&[u8]>, &'static str> {
    let inside = body.trim_ascii().strip_prefix(b"[").ok_or("a list was expected")?;
    let mut rows = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for (at, byte) in inside.iter().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => depth += 1,
            b',' if depth == 0 && rows.len() == MOST_ROWS => return Err("the list has more than 2000 rows"),
            b',' if depth == 0 => {
                rows.push(inside[start..at].trim_ascii());
                start = at + 1;
            }
            b']' if depth == 0 => {
                let last = inside[start..at].trim_ascii();
                if !(rows.is_empty() && last.is_empty()) {
                    rows.push(last);
                }
                let rest = inside[at + 1..].trim_ascii();
                return if rest.is_empty() { Ok(rows) } else { Err("the list goes on after its end") };
            }
            b']' | b'}' => depth = depth.checked_sub(1).ok_or("the list has an end too many")?,
            _ => {}
        }
    }
    Err("the list has no end")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(body: &str) -> Result<Vec<&str>, &'static str> {
        Ok(split(body.as_bytes())?.into_iter().map(|row| std::str::from_utf8(row).unwrap()).collect())
    }

    #[test]
    fn brackets_commas_and_quotes_inside_a_row_do_not_cut_it() {
        assert_eq!(
            texts(r#" [ {"a":"],{\"","b":[1,{"c":2}]} , 7 , "x,\\" ] "#).unwrap(),
            [r#"{"a":"],{\"","b":[1,{"c":2}]}"#, "7", r#""x,\\""#]
        );
        assert_eq!(texts("[]").unwrap(), Vec::<&str>::new());
        assert_eq!(texts("[{}]").unwrap(), ["{}"]);
    }

    #[test]
    fn what_is_not_one_whole_list_is_refused() {
        for body in
            ["", "{}", "null", "[", "[{}", "[{},", r#"["]"#, "[{]", "[}]", "[] []", r#"{"error":"x"}"#]
        {
            assert!(split(body.as_bytes()).is_err(), "{body}");
        }
    }

    #[test]
    fn no_list_has_more_rows_than_a_day_could() {
        let list = |rows: usize| format!("[{}]", vec!["1"; rows].join(","));
        assert_eq!(texts(&list(MOST_ROWS)).unwrap().len(), MOST_ROWS);
        assert_eq!(texts(&list(5_000)), Err("the list has more than 2000 rows"));
    }

    #[test]
    fn a_list_cut_anywhere_is_no_list() {
        let whole = r#"[{"paper":{"id":"2608.00001","title":"a ] b"}},{"paper":[]}]"#;
        assert_eq!(split(whole.as_bytes()).unwrap().len(), 2);
        for end in 0..whole.len() {
            assert!(split(&whole.as_bytes()[..end]).is_err(), "{}", &whole[..end]);
        }
    }

    proptest! {
        #[test]
        fn any_list_of_texts_comes_back_row_by_row(texts in proptest::collection::vec(".*", 0..8)) {
            let body = serde_json::to_vec(&texts).unwrap();
            let rows = split(&body).unwrap();
            let back: Vec<String> = rows.iter().map(|row| serde_json::from_slice(row).unwrap()).collect();
            prop_assert_eq!(back, texts);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = split(&bytes);
        }
    }
}
