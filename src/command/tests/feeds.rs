//! Commands of two words, and feeds as people name them.

use super::*;

fn added(feed: &str, query: Option<&str>) -> Command {
    let query = query.map(|query| Query::for_subscription(query).unwrap());
    Command::SourceAdd { feed: FeedText(feed.to_owned()), query }
}

#[test]
fn a_feed_is_added_by_its_address_and_what_follows_is_a_query() {
    const URL: &str = "https://lab.example/feed.xml";
    for line in [
        "source add https://lab.example/feed.xml",
        "Source  ADD <https://lab.example/feed.xml>",
        "/papers source add feed:https://lab.example/feed.xml",
        "source add <https://lab.example/feed.xml|lab.example/feed.xml>",
        "source add lab.example/feed.xml",
    ] {
        assert_eq!(slack(line), Ok(added(URL, None)), "{line}");
    }
    for line in [
        "source add https://lab.example/feed.xml \"flow matching\" -survey",
        "source add https://lab.example/feed.xml query:\"flow matching\" -survey",
        "source add \"flow matching\" -survey feed:https://lab.example/feed.xml",
    ] {
        assert_eq!(slack(line), Ok(added(URL, Some("\"flow matching\" -survey"))), "{line}");
    }
    assert!(reason("source add robots").contains("no address of a feed"));
    assert!(matches!(slack("source add"), Err(Mistake::Missing { .. })));
    assert!(matches!(slack("source add query:robots"), Err(Mistake::Missing { .. })));
}

#[test]
fn a_feed_is_removed_by_what_names_it() {
    let removed = |feed: &str| Ok(Command::SourceRemove { feed: FeedText(feed.to_owned()) });
    assert_eq!(slack("source remove 2"), removed("2"));
    assert_eq!(slack("source remove The Journal of Robots"), removed("The Journal of Robots"));
    assert_eq!(slack("source remove feed:\"The Journal\""), removed("The Journal"));
    assert_eq!(slack("source list"), Ok(Command::SourceList));
}

#[test]
fn half_a_command_of_two_words_is_told_the_rest() {
    let meant = |line| match slack(line) {
        Err(Mistake::NoSuchCommand { given, meant }) => (given, meant),
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(meant("source"), ("source".to_owned(), Some("source add")));
    assert_eq!(meant("source lst"), ("source lst".to_owned(), Some("source list")));
    assert_eq!(meant("sources"), ("sources".to_owned(), Some("source list")));
    assert_eq!(slack("help source list"), Ok(Command::Help { about: spec("source list") }));
}
