//! Names of people, in the order in which they are spoken.

use super::name_tokens;

/// Parts of an author's name as they are spoken, each with its place in `name`; some sources print `Hinton, Geoffrey`.
pub fn spoken(name: &str) -> Vec<(usize, &str)> {
    let Some((last, given)) = name.split_once(',') else { return vec![(0, name)] };
    let suffix = matches!(
        name_tokens(given).as_slice(),
        [only] if matches!(only.text.as_str(), "jr" | "sr" | "ii" | "iii" | "iv")
    );
    if suffix { vec![(0, last)] } else { vec![(last.len() + 1, given), (0, last)] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_printed_last_name_first_is_turned_round() {
        assert_eq!(spoken("Ada Lovelace"), [(0, "Ada Lovelace")]);
        assert_eq!(spoken("Hinton, Geoffrey"), [(7, " Geoffrey"), (0, "Hinton")]);
        assert_eq!(spoken("Martin King, Jr."), [(0, "Martin King")]);
    }
}
