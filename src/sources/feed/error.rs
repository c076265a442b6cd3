//! Why a body is no feed: sentences for whoever added it, without a byte of what it holds.

/// A body that is refused whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAFeed {
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
    /// A page for people, such as a login page; it may name the feed that belongs to it.
    #[error("it is a web page and no feed")]
    WebPage {
        /// The address of the feed, as the page gives it.
        feed: Option<String>,
    },
    /// Something else.
    #[error("it is neither RSS, Atom, RDF nor JSON Feed")]
    Unknown,
    /// The end is missing: half a feed must not look like a short one.
    #[error("it breaks off before its end")]
    BrokeOff,
    /// It cannot be read as XML.
    #[error("its XML is broken in line {line}")]
    BrokenXml {
        /// Counted from 1.
        line: usize,
    },
    /// It cannot be read as JSON.
    #[error("its JSON is broken in line {line}")]
    BrokenJson {
        /// Counted from 1.
        line: usize,
    },
    /// Its characters cannot be made out.
    #[error("its characters are encoded in a way that cannot be read; UTF-8 can")]
    Encoding,
    /// It brings entities of its own, by which a small body can become a huge one.
    #[error("it defines entities of its own, which no feed needs")]
    Entities,
    /// It has more items than anybody publishes between two looks.
    #[error("it has more than {limit} items")]
    TooManyItems {
        /// The most that are read.
        limit: usize,
    },
    /// Its elements stand too deep in each other, or it declares or holds far more than a feed does.
    #[error("its structure is far larger than a feed's")]
    TooComplex,
    /// The reader met something that it does not expect to exist.
    #[error("reading it failed unexpectedly")]
    Failed,
}
