//! Names out of the many ways in which feeds write authors.
//!
//! ```text
//! <dc:creator>Ada Lovelace</dc:creator>                   one element for each
//! <dc:creator>Lovelace, A., Turing, A. M.</dc:creator>    all in one, family name first
//! <dc:creator>Ada Lovelace (London, UK), Alan Turing</dc:creator>
//! <author>ada@example.org (Ada Lovelace)</author>
//! ```

use super::html;
use crate::sources::huggingface::fields::one_line;

/// The longest name in characters.
const NAME: usize = 200;
/// The most authors; the longest list on record has 5,154.
const MOST: usize = 2_000;

/// Reads the names of an item in the order in which they stand.
pub(in crate::sources) fn names(elements: &[String]) -> Vec<String> {
    let alone = elements.len() == 1;
    let lines = elements.iter().filter_map(|element| one_line(&html::plain(element), usize::MAX));
    let mut names: Vec<String> = Vec::new();
    for name in lines.flat_map(|line| if alone { split(&line) } else { one(&line).into_iter().collect() }) {
        let name = one_line(&name, NAME).filter(|name| name.contains(char::is_alphabetic));
        if let Some(name) = name.filter(|name| names.len() < MOST && names.last() != Some(name)) {
            names.push(name);
        }
    }
    names
}

/// The name in an element of its own.
fn one(line: &str) -> Option<String> {
    let (name, remark) = without_remarks(line);
    // RSS's own form: the address first, the name in parentheses.
    let name = match remark {
        Some(remark) if is_mail(&name) => remark,
        _ => name,
    };
    let name = name.trim().trim_start_matches("By ").trim_matches([',', ';', ' ']);
    (!name.is_empty() && !is_mail(name)).then(|| turned(name))
}

/// All names of an element that holds several.
fn split(line: &str) -> Vec<String> {
    if line.contains(';') {
        return line.split(';').filter_map(one).collect();
    }
    let parts = parts(line);
    let family_first = parts.len() > 1
        && parts.len().is_multiple_of(2)
        && parts.chunks(2).all(|pair| is_initials(&pair[1]) && !is_initials(&pair[0]));
    if family_first {
        return parts.chunks(2).map(|pair| format!("{} {}", pair[1], pair[0])).collect();
    }
    match parts.as_slice() {
        // “Lovelace, Ada” is one person; “Ada Lovelace, Alan Turing” are two.
        [family, given] if !family.contains(' ') && !given.contains(' ') => vec![format!("{given} {family}")],
        _ => parts.iter().filter_map(|part| one(part)).collect(),
    }
}

/// Cuts at commas and at the “and” before the last name, but not inside parentheses.
fn parts(line: &str) -> Vec<String> {
    let (bare, remark) = without_remarks(line);
    let bare = if is_mail(&bare) { remark.unwrap_or_default() } else { bare };
    let bare = bare.replace(" and ", ", ").replace(" & ", ", ");
    bare.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// Takes out what stands in parentheses, and gives the first of it too; what never closes stays.
fn without_remarks(line: &str) -> (String, Option<String>) {
    let (mut outside, mut inside, mut depth) = (String::new(), String::new(), 0_usize);
    let mut remark = None;
    for character in line.chars() {
        match character {
            '(' => depth += 1,
            ')' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    remark = remark.or_else(|| Some(inside.trim().to_owned()));
                    inside.clear();
                }
            }
            _ if depth > 0 => inside.push(character),
            _ => outside.push(character),
        }
    }
    if depth > 0 {
        outside = outside + "(" + &inside;
    }
    let address = outside.split_once('<').map(|(name, _)| name.trim()).filter(|name| !name.is_empty());
    (address.unwrap_or(outside.trim()).to_owned(), remark)
}

fn is_mail(text: &str) -> bool {
    text.contains('@') && !text.trim().contains(' ')
}

/// Puts the given name first.
fn turned(name: &str) -> String {
    match name.split_once(',') {
        Some((family, given)) if !given.contains(',') && !is_suffix(given) => {
            format!("{} {}", given.trim(), family.trim())
        }
        _ => name.to_owned(),
    }
}

fn is_suffix(text: &str) -> bool {
    matches!(text.trim().trim_end_matches('.'), "Jr" | "Sr" | "II" | "III" | "IV" | "PhD" | "MD")
}

/// True for `A.`, `A. M.`, `AM` and `J.-P.`.
fn is_initials(part: &str) -> bool {
    let letters: Vec<char> = part.chars().filter(|c| c.is_alphabetic()).collect();
    let marks = part.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | ' ' | '‐'));
    let short = letters.len() <= 4 && part.split([' ', '.', '-', '‐']).all(|word| word.chars().count() <= 3);
    marks && short && !letters.is_empty() && letters.iter().all(|c| c.is_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(elements: &[&str]) -> Vec<String> {
        names(&elements.iter().map(|element| (*element).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn every_way_to_write_two_authors_gives_two_names() {
        for elements in [
            &["Ada Lovelace", "Alan Turing"][..],
            &["Ada Lovelace, Alan Turing"],
            &["Ada Lovelace and Alan Turing"],
            &["Ada Lovelace &amp; Alan Turing"],
            &["Ada Lovelace; Alan Turing"],
            &["Lovelace, Ada; Turing, Alan"],
            &["Lovelace, Ada", "Turing, Alan"],
            &["Ada Lovelace (London, UK), Alan Turing (Bletchley, (Park))"],
            &["<a href='x'>Ada Lovelace</a>", " Alan\n Turing "],
            &["ada@example.org (Ada Lovelace)", "alan@example.org (Alan Turing)"],
            &["Ada Lovelace <ada@example.org>", "Alan Turing <alan@example.org>"],
        ] {
            let elements: Vec<&str> = elements.to_vec();
            assert_eq!(read(&elements), ["Ada Lovelace", "Alan Turing"], "{elements:?}");
        }
    }

    #[test]
    fn family_names_before_initials_are_told_apart_from_two_people() {
        assert_eq!(read(&["Lovelace, A., Turing, A. M."]), ["A. Lovelace", "A. M. Turing"]);
        assert_eq!(read(&["Lovelace, Ada"]), ["Ada Lovelace"]);
        assert_eq!(read(&["King, M. L., Jr."]).len(), 3, "nothing is guessed of what fits no pattern");
        assert_eq!(read(&["Martin King, Jr.", "X Y"]), ["Martin King, Jr.", "X Y"]);
    }

    #[test]
    fn an_address_or_nothing_is_no_name() {
        assert_eq!(read(&["editor@example.org", "", "–"]), Vec::<String>::new());
        assert_eq!(read(&["editor@example.org (The Editor)"]), ["The Editor"]);
        assert_eq!(read(&["unclosed (name"]), ["unclosed (name"]);
    }
}
