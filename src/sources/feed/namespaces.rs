//! Which element is meant: namespaces by their address, and by their usual prefix where the address is missing.

use super::NotAFeed;

/// The most prefixes that may be in force at once; with more, finding one would take long.
const MOST_DECLARED: usize = 128;

/// The vocabulary that an element is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ns {
    /// RSS of every version, and whatever has no namespace.
    Rss,
    Atom,
    DublinCore,
    Prism,
    Content,
    Syndication,
    Arxiv,
    Other,
}

/// The prefixes in force.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Depth of the element that declared it, prefix, vocabulary.
    declared: Vec<(usize, String, Ns)>,
}

impl Names {
    /// Takes in an `xmlns…` attribute of the element at `depth`.
    pub(super) fn declare(&mut self, depth: usize, attribute: &str, address: &str) -> Result<(), NotAFeed> {
        let prefix = attribute.strip_prefix("xmlns").unwrap_or_default().trim_start_matches(':');
        if self.declared.len() == MOST_DECLARED {
            return Err(NotAFeed::TooComplex);
        }
        let ns = match by_address(address) {
            // An unknown default namespace changes nothing of what the elements of RSS mean.
            Ns::Other if prefix.is_empty() => Ns::Rss,
            ns => ns,
        };
        self.declared.push((depth, prefix.to_owned(), ns));
        Ok(())
    }

    /// Forgets what the elements at `depth` and below it declared.
    pub(super) fn leave(&mut self, depth: usize) {
        while self.declared.last().is_some_and(|(at, ..)| *at >= depth) {
            self.declared.pop();
        }
    }

    /// Tells the vocabulary and the local name of an element.
    pub(super) fn resolve<'a>(&self, name: &'a str) -> (Ns, &'a str) {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let declared = self.declared.iter().rev().find(|(_, known, _)| known == prefix);
        (declared.map_or_else(|| by_prefix(prefix), |(.., ns)| *ns), local)
    }
}

fn by_address(address: &str) -> Ns {
    let address = address.trim().trim_end_matches(['/', '#']).to_ascii_lowercase();
    let bare = address.trim_start_matches("https://").trim_start_matches("http://");
    match bare {
        "www.w3.org/2005/atom" | "purl.org/atom/ns" => Ns::Atom,
        "purl.org/dc/elements/1.1" | "purl.org/dc/terms" => Ns::DublinCore,
        "purl.org/rss/1.0/modules/content" => Ns::Content,
        "purl.org/rss/1.0/modules/syndication" => Ns::Syndication,
        "arxiv.org/schemas/atom" => Ns::Arxiv,
        ""
        | "purl.org/rss/1.0"
        | "my.netscape.com/rdf/simple/0.9"
        | "channel.netscape.com/rdf/simple/0.9" => Ns::Rss,
        _ if bare.contains("backend.userland.com") || bare.contains("blogs.law.harvard.edu") => Ns::Rss,
        _ if bare.starts_with("prismstandard.org/namespaces") => Ns::Prism,
        _ => Ns::Other,
    }
}

fn by_prefix(prefix: &str) -> Ns {
    match prefix {
        "" => Ns::Rss,
        "atom" | "atom10" => Ns::Atom,
        "dc" | "dcterms" => Ns::DublinCore,
        "prism" => Ns::Prism,
        "content" => Ns::Content,
        "sy" => Ns::Syndication,
        "arxiv" => Ns::Arxiv,
        _ => Ns::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_counts_and_without_one_the_usual_prefix() {
        let mut names = Names::default();
        assert_eq!(names.resolve("dc:creator"), (Ns::DublinCore, "creator"));
        names.declare(1, "xmlns:dc", "https://example.org/other").unwrap();
        names.declare(1, "xmlns:d", "http://purl.org/dc/elements/1.1/").unwrap();
        names.declare(1, "xmlns", "http://www.w3.org/2005/Atom").unwrap();
        names.declare(2, "xmlns", "http://purl.org/rss/1.0/").unwrap();
        assert_eq!(names.resolve("dc:creator"), (Ns::Other, "creator"));
        assert_eq!(names.resolve("d:creator"), (Ns::DublinCore, "creator"));
        assert_eq!(names.resolve("item"), (Ns::Rss, "item"));
        names.leave(2);
        assert_eq!(names.resolve("entry"), (Ns::Atom, "entry"));
        names.leave(1);
        assert_eq!(names.resolve("entry"), (Ns::Rss, "entry"));
    }

    #[test]
    fn no_feed_declares_hundreds_of_prefixes() {
        let mut names = Names::default();
        let refused = (0..1_000).find_map(|n| names.declare(1, &format!("xmlns:n{n}"), "x").err());
        assert_eq!(refused, Some(NotAFeed::TooComplex));
    }
}
