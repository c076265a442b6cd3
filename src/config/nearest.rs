//! “Did you mean …?” for names that are not known.

/// Finds the known name that a misspelt one most probably stands for.
pub(super) fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the letters may differ; beyond that a guess misleads more than it helps.
    let limit = (wrong.chars().count() / 3).max(1);
    known.map(|name| (distance(wrong, name), name)).filter(|(d, _)| *d <= limit).min().map(|(_, name)| name)
}

/// Counts the insertions, deletions and replacements from one word to the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_a_stranger_finds_none() {
        let known = || ["discord.token", "discord.token_file", "web.listen"].into_iter();
        assert_eq!(nearest("discord.tokn", known()), Some("discord.token"));
        assert_eq!(nearest("web.listne", known()), Some("web.listen"));
        assert_eq!(nearest("kitchen", known()), None);
    }

    #[test]
    fn the_distance_counts_single_letters() {
        assert_eq!([distance("", "abc"), distance("abc", "abc"), distance("kitten", "sitting")], [3, 0, 3]);
    }
}
