//! A bounded tree of one XML document, for rows that are read by name and in any order.
//!
//! Names lose their prefixes: arXiv moves its namespace declarations about and has never used one local name for
//! two things in one row. No entity is expanded but the five of XML and numbers, a document type is refused, and a
//! document that ends before its root is closed is none.

use std::borrow::Cow;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// The deepest nesting; arXiv's own is 7.
const MAX_DEPTH: usize = 32;
/// The most elements of a document; 2,000 papers with 60 authors each have fewer.
const MAX_ELEMENTS: usize = 400_000;
/// The most attributes of an element that are kept.
const MAX_ATTRIBUTES: usize = 16;

/// Why bytes are no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// They are not UTF-8, which arXiv always sends.
    #[error("it is not UTF-8")]
    Encoding,
    /// A page for people.
    #[error("a web page came instead of XML")]
    WebPage,
    /// Some other text, such as “Rate exceeded.”
    #[error("something else than XML came")]
    NotXml,
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// It ends before its root is closed.
    #[error("it breaks off inside <{0}>")]
    Truncated(String),
    /// It is XML, but no document of this kind.
    #[error("its root is <{0}>, not <{1}>")]
    OtherRoot(String, &'static str),
    /// It is nested too deep or has too many elements.
    #[error("it has more elements, or deeper ones, than any answer of arXiv")]
    TooMuch,
    /// It breaks a rule of XML.
    #[error("it is not well-formed: {0}")]
    Syntax(String),
}

/// An element with its text and its children.
#[derive(Debug, Default)]
pub(super) struct Element<'a> {
    /// The name without its prefix.
    pub name: Box<str>,
    attributes: Vec<(Box<str>, Box<str>)>,
    text: Cow<'a, str>,
    children: Vec<Element<'a>>,
}

impl<'a> Element<'a> {
    /// The children with this name, in order.
    pub fn all<'s>(&'s self, name: &str) -> impl Iterator<Item = &'s Element<'a>> {
        self.children.iter().filter(move |child| *child.name == *name)
    }

    /// The first child with this name.
    pub fn child(&self, name: &str) -> Option<&Element<'a>> {
        self.children.iter().find(|child| *child.name == *name)
    }

    /// The first child that has one of these names.
    pub fn child_of(&self, names: &[&str]) -> Option<&Element<'a>> {
        names.iter().find_map(|name| self.child(name))
    }

    /// Every child.
    pub fn children(&self) -> &[Element<'a>] {
        &self.children
    }

    /// Its own text, trimmed.
    pub fn own_text(&self) -> &str {
        self.text.trim()
    }

    /// The text of the first child with this name, if there is anything in it.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.all(name).map(Element::own_text).find(|text| !text.is_empty())
    }

    /// As [`Self::text`], but with the white space at its ends, which can mean something.
    pub fn raw_text(&self, name: &str) -> Option<&str> {
        self.all(name).map(|child| child.text.as_ref()).find(|text| !text.trim().is_empty())
    }

    /// An attribute's value.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| **key == *name).map(|(_, value)| value.trim())
    }

    fn push_text(&mut self, more: Cow<'a, str>) {
        if self.text.is_empty() {
            self.text = more;
        } else {
            self.text.to_mut().push_str(&more);
        }
    }
}

/// Reads a whole document.
pub(super) fn read(bytes: &[u8]) -> Result<Element<'_>, Malformed> {
    let text = std::str::from_utf8(bytes).map_err(|_| Malformed::Encoding)?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Err(Malformed::Empty);
    }
    if !text.starts_with('<') {
        return Err(Malformed::NotXml);
    }
    let mut reader = Reader::from_str(text);
    // A bare & in one abstract must not cost the day.
    reader.config_mut().allow_dangling_amp = true;
    let (mut open, mut root, mut elements) = (Vec::<Element<'_>>::new(), None, 0_usize);
    loop {
        let event = reader.read_event().map_err(|error| syntax(&error, &open))?;
        let empty = matches!(event, Event::Empty(_));
        match event {
            Event::Start(start) | Event::Empty(start) => {
                elements += 1;
                if elements > MAX_ELEMENTS || open.len() == MAX_DEPTH {
                    return Err(Malformed::TooMuch);
                }
                if open.is_empty() && root.is_some() {
                    return Err(Malformed::Syntax("it goes on after its end".to_owned()));
                }
                let element = element(&start);
                if open.is_empty() && element.name.eq_ignore_ascii_case("html") {
                    return Err(Malformed::WebPage);
                }
                if empty { close(element, &mut open, &mut root) } else { open.push(element) }
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    close(element, &mut open, &mut root);
                }
            }
            Event::Text(chars) => put(&mut open, chars.xml10_content())?,
            Event::CData(chars) => put(&mut open, chars.xml10_content())?,
            Event::GeneralRef(name) => put(&mut open, reference(&name))?,
            Event::DocType(kind)
                if kind.trim_start().get(..4).is_some_and(|name| name.eq_ignore_ascii_case("html")) =>
            {
                return Err(Malformed::WebPage);
            }
            Event::DocType(_) => return Err(Malformed::Syntax("it declares a document type".to_owned())),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    match (open.first(), root) {
        (None, Some(root)) => Ok(root),
        (None, None) => Err(Malformed::Empty),
        (Some(_), _) => Err(truncated(&open)),
    }
}

fn close<'a>(element: Element<'a>, open: &mut [Element<'a>], root: &mut Option<Element<'a>>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None => *root = Some(element),
    }
}

fn put<'a>(open: &mut [Element<'a>], text: Cow<'a, str>) -> Result<(), Malformed> {
    match open.last_mut() {
        Some(element) => element.push_text(text),
        None if text.trim().is_empty() => {}
        None => return Err(Malformed::Syntax("it has text outside its root".to_owned())),
    }
    Ok(())
}

fn element<'a>(start: &BytesStart<'_>) -> Element<'a> {
    let mut attributes = start.attributes();
    let attributes = attributes.with_checks(false).flatten().take(MAX_ATTRIBUTES).map(|attribute| {
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map_or_else(|_| attribute.value.as_ref().into(), |value| value.as_ref().into());
        (attribute.key.local_name().into_inner().into(), value)
    });
    let attributes = attributes.collect();
    Element { name: start.local_name().into_inner().into(), attributes, ..Element::default() }
}

/// What a reference stands for; one that nobody knows stays as it was written.
fn reference(name: &BytesRef<'_>) -> Cow<'static, str> {
    match name.resolve_char_ref() {
        Ok(Some(ch)) => Cow::Owned(ch.to_string()),
        Ok(None) => match resolve_xml_entity(name) {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(format!("&{};", &**name)),
        },
        Err(_) => Cow::Borrowed("\u{fffd}"),
    }
}

fn syntax(error: &quick_xml::Error, open: &[Element<'_>]) -> Malformed {
    match error {
        quick_xml::Error::Syntax(_) if !open.is_empty() => truncated(open),
        // Its words can quote the document, which logs must not.
        quick_xml::Error::IllFormed(_) => Malformed::Syntax("its tags do not fit together".to_owned()),
        _ => Malformed::Syntax("a tag or a reference has no end".to_owned()),
    }
}

fn truncated(open: &[Element<'_>]) -> Malformed {
    Malformed::Truncated(open.last().map(|element| plain(&element.name)).unwrap_or_default())
}

/// A name as it may stand in a log.
fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).take(40).collect()
}

impl Malformed {
    /// Expects a root of this name.
    pub(super) fn expect<'a>(root: Element<'a>, name: &'static str) -> Result<Element<'a>, Self> {
        if *root.name == *name { Ok(root) } else { Err(Self::OtherRoot(plain(&root.name), name)) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WHOLE: &str = "\u{feff}<?xml version='1.0'?>\n<a:r xmlns:a='x'><!-- c --><k n='1 &amp; 2'>one &lt;&#233;&unknown; two\
         <![CDATA[ <b> & ]]></k><k/><e>AT & T</e></a:r>\n";

    #[test]
    fn text_comes_out_as_it_was_meant() {
        let root = read(WHOLE.as_bytes()).unwrap();
        assert_eq!(&*root.name, "r");
        assert_eq!(root.text("k"), Some("one <é&unknown; two <b> &"));
        assert_eq!(root.child("k").unwrap().attribute("n"), Some("1 & 2"));
        assert_eq!(root.text("e"), Some("AT & T"));
        assert_eq!((root.all("k").count(), root.children().len()), (2, 3));
    }

    #[test]
    fn a_document_cut_anywhere_is_none() {
        let whole = WHOLE.trim_end().trim_start_matches('\u{feff}');
        for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            assert!(read(&whole.as_bytes()[..end]).is_err(), "{}", &whole[..end]);
        }
    }

    #[test]
    fn what_came_instead_is_named() {
        let said = |body: &str| read(body.as_bytes()).map(|_| ()).unwrap_err().to_string();
        assert_eq!(said("<!DOCTYPE html><html><body>Log in</body></html>"), "a web page came instead of XML");
        assert_eq!(said("<HTML><p>x</HTML>"), "a web page came instead of XML");
        assert_eq!(said("Rate exceeded."), "something else than XML came");
        assert_eq!(said(" \n"), "it is empty");
        assert_eq!(said("<?xml version='1.0'?>"), "it is empty");
        assert_eq!(said("<r><k>"), "it breaks off inside <k>");
        assert_eq!(said("<r></r><r></r>"), "it is not well-formed: it goes on after its end");
        assert_eq!(said("<r></r>text"), "it is not well-formed: it has text outside its root");
        assert_eq!(said("<r></k>"), "it is not well-formed: its tags do not fit together");
        assert_eq!(read(b"<r>\xff</r>").map(|_| ()), Err(Malformed::Encoding));
    }

    #[test]
    fn entities_of_a_documents_own_are_refused_and_so_is_a_bottomless_one() {
        let bomb = "<!DOCTYPE r [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><r>&b;</r>";
        assert!(matches!(read(bomb.as_bytes()), Err(Malformed::Syntax(_))));
        let deep = "<a>".repeat(100_000);
        assert_eq!(read(deep.as_bytes()).map(|_| ()), Err(Malformed::TooMuch));
        let wide = format!("<r>{}</r>", "<a/>".repeat(MAX_ELEMENTS));
        assert_eq!(read(wide.as_bytes()).map(|_| ()), Err(Malformed::TooMuch));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = read(&bytes);
        }

        #[test]
        fn no_markup_makes_it_panic(text in r#"(<[/!?a-c: ]{0,4}|[a&;#x'"=]|>|<!\[CDATA\[|\]\]>|&#0;|&#xD800;|<!--|-->){0,30}"#) {
            let _ = read(format!("<r>{text}</r>").as_bytes());
            let _ = read(text.as_bytes());
        }
    }
}
