//! The parsers, on lines that people write.

mod feeds;
mod same;
mod table;

use jiff::civil::{date, time};

use super::*;
use crate::domain::{AlreadyPosted, Every, Platform, QuietDay, RoundupSettings};

fn slack(line: &str) -> Result<Command, Mistake> {
    parse_line(Platform::Slack, line)
}

fn reason(line: &str) -> String {
    match slack(line).expect_err(line) {
        Mistake::Value { option, reason, .. } => format!("{}: {reason}", option.name),
        other => panic!("{line}: {other:?}"),
    }
}

fn query(text: &str) -> Query {
    Query::parse(text).unwrap()
}

#[test]
fn options_are_taken_out_wherever_they_stand_and_the_rest_is_the_query() {
    let expected = Command::Search {
        query: query("\"flow matching\" robots"),
        order: Order::Date,
        since: Some(Day::Back(30)),
    };
    for line in [
        "search \"flow matching\" robots sort:date since:30d",
        "search since:30d sort:date \"flow matching\" robots",
        "SEARCH \"flow matching\" SINCE:30d robots Sort:DATE",
        "search “flow matching” robots sort: date since:\"30d\"",
        "/papers search query:\"flow matching\" robots sort:date since:30d",
        "`/papers search \"flow matching\" robots sort:date since:30d`",
        "  search\u{a0}\"flow matching\"  robots\nsort:date since:30d ",
    ] {
        assert_eq!(slack(line).as_ref(), Ok(&expected), "{line}");
    }
}

#[test]
fn inside_quotes_and_words_nothing_is_an_option() {
    let searched = |line| match slack(line) {
        Ok(Command::Search { query, since: None, .. }) => query.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(searched("search \"since:7d\""), query("\"since:7d\"").to_string());
    assert_eq!(searched("search \"a b since:7d c\" x"), query("\"a b since:7d c\" x").to_string());
    assert_eq!(
        searched("search llm upvotes&gt;=50 ti:attention"),
        query("llm upvotes>=50 ti:attention").to_string()
    );
}

#[test]
fn an_error_in_a_query_points_into_the_query_as_it_is_shown() {
    let Err(Mistake::Query { error, .. }) = slack("search since:7d diffusion auther:hinton sort:date") else {
        panic!("a mistake in the query")
    };
    let pointed = error.pointed();
    let lines: Vec<_> = pointed.lines().collect();
    assert_eq!(lines[0], "diffusion auther:hinton");
    assert_eq!(lines[1].find('^'), lines[0].find("auther"));
}

#[test]
fn a_mistyped_option_is_told_as_one() {
    assert_eq!(
        reason("subscribe diffusion stlye:line"),
        "style: there is no “stlye:”: did you mean “style:”?"
    );
    assert_eq!(reason("search diffusion sort:dat"), "sort: “dat” cannot be chosen: did you mean “date”?");
    assert_eq!(
        reason("subscribe llm when:hourly"),
        "when: “hourly” cannot be chosen: write instant, daily or weekly"
    );
}

#[test]
fn what_is_given_twice_or_left_empty_is_a_mistake() {
    assert_eq!(reason("search x sort:date sort:date"), "sort: “sort” is given twice: leave one out");
    assert_eq!(reason("search x sort:"), "sort: nothing stands after “sort:”");
    assert_eq!(reason("search x sort: since:7d"), "sort: nothing stands after “sort:”");
    assert_eq!(reason("roundup zone:\"Europe"), "zone: the quote after “zone:” is never closed");
    assert!(matches!(slack("status now"), Err(Mistake::Unexpected { given, .. }) if given == "now"));
    assert!(matches!(slack("trending windw:day"), Err(Mistake::Unexpected { .. })));
    assert!(matches!(slack("show"), Err(Mistake::Missing { option, .. }) if option.name == "paper"));
    assert!(
        matches!(slack("search since:7d"), Err(Mistake::Missing { option, .. }) if option.name == "query")
    );
}

#[test]
fn other_options_fit_where_they_belong() {
    let settings = |zone: Option<&str>, every, size| RoundupSettings {
        at: Some(time(9, 0, 0, 0)),
        zone: zone.map(str::to_owned),
        every,
        size,
        ..RoundupSettings::default()
    };
    let set = |settings| Command::Roundup { wanted: RoundupWish { settings, ..RoundupWish::default() } };
    let at_nine = |zone: Option<&str>, every, size| set(settings(zone, every, size));
    assert_eq!(slack("roundup 9am"), Ok(at_nine(None, None, None)));
    assert_eq!(slack("roundup 9 am weekdays"), Ok(at_nine(None, Some(Every::Weekdays), None)));
    let all = at_nine(Some("Europe/Berlin"), Some(Every::Weekly), Some(10));
    assert_eq!(slack("roundup weekly 09:00 europe/berlin 10"), Ok(all.clone()));
    assert_eq!(slack("roundup size:10 every:weekly zone:Europe/Berlin at:9 am"), Ok(all));
    let new_york = at_nine(Some("America/New_York"), None, None);
    assert_eq!(slack("roundup \"New York\" 9").ok(), None);
    assert_eq!(slack("roundup at:9 zone:\"america/new york\""), Ok(new_york));
    let wanted = RoundupWish {
        settings: RoundupSettings {
            posted: Some(AlreadyPosted::Mark),
            quiet: Some(QuietDay::Say),
            ..settings(None, Some(Every::Daily), None)
        },
        trending: Some(Every::Weekly),
        subscription: Some(SubscriptionId(3)),
    };
    let line = "roundup daily 9am mark say trending:weekly subscription:3";
    assert_eq!(slack(line), Ok(Command::Roundup { wanted }));
    assert_eq!(slack("trending MONTH"), Ok(Command::Trending { window: Window::Month, scope: Scope::Here }));
    let pause = |subscription, until| Ok(Command::Pause { subscription, until });
    assert_eq!(slack("pause"), pause(None, None));
    assert_eq!(
        slack("pause 3 2026-09-01"),
        pause(Some(SubscriptionId(3)), Some(Until::Day(date(2026, 9, 1))))
    );
    assert_eq!(slack("pause 3 days"), pause(None, Some(Until::After(259_200))));
    assert_eq!(slack("resume #7"), Ok(Command::Resume { subscription: Some(SubscriptionId(7)) }));
}

#[test]
fn a_mistake_is_told_of_the_option_that_was_probably_meant() {
    assert_eq!(reason("roundup Berlin"), "zone: “Berlin” is no time zone: did you mean “Europe/Berlin”?");
    assert_eq!(reason("roundup weekdys"), "every: “weekdys” cannot be chosen: did you mean “weekdays”?");
    assert_eq!(reason("roundup 9:75"), "at: “9:75” is no time of day: write it as 09:00");
    assert_eq!(reason("roundup size:51"), "size: “51” is no whole number from 1 to 50");
    assert_eq!(
        reason("search x since:yesterday"),
        "since: “yesterday” is no day: write 2026-08-01, or 7d for seven days ago"
    );
    assert_eq!(reason("search x since:9999d"), "since: at most 3650 days back can be asked for");
}

#[test]
fn a_paper_is_found_in_what_people_paste() {
    for line in [
        "show 2608.01234",
        "show arXiv: 2608.01234v2",
        "show paper:2608.01234",
        "show <https://arxiv.org/abs/2608.01234|arxiv.org/abs/2608.01234>",
        "show <http://arxiv.org/abs/2608.01234|arxiv.org/abs/2608.01234>",
        "show https://huggingface.co/papers/2608.01234",
        "show arxiv.org/pdf/2608.01234",
        "show “2608.01234”",
        "show 2608.01234,",
    ] {
        assert_eq!(slack(line), Ok(Command::Show { paper: "2608.01234".parse().unwrap() }), "{line}");
    }
    let Err(Mistake::Paper { error, .. }) = slack("show Attention is all you need") else {
        panic!("no paper")
    };
    assert_eq!(error.0, "Attention is all you need");
}

#[test]
fn a_channel_is_taken_as_its_platform_gives_it() {
    let channel = |platform, text: &str| match parse_line(platform, &format!("subscribe llm channel:{text}"))
    {
        Ok(Command::Subscribe { channel, .. }) => channel.unwrap().to_string(),
        Err(Mistake::Value { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(channel(Platform::Slack, "<#C0AB12CD3|papers>"), "C0AB12CD3");
    assert_eq!(channel(Platform::Slack, "C0AB12CD3"), "C0AB12CD3");
    assert!(channel(Platform::Slack, "#papers").contains("came without its id"));
    assert_eq!(channel(Platform::Discord, "<#1234567890>"), "1234567890");
    assert_eq!(channel(Platform::Sandbox, "#robotics"), "robotics");
}

#[test]
fn an_unknown_command_is_told_the_one_that_was_meant() {
    let meant = |line| match slack(line) {
        Err(Mistake::NoSuchCommand { meant, .. }) => meant,
        other => panic!("{other:?}"),
    };
    assert_eq!(meant("serach diffusion"), Some("search"));
    assert_eq!(meant("follow diffusion"), Some("subscribe"));
    assert_eq!(meant("help serach"), Some("search"));
    assert_eq!(meant("diffusion"), None);
    for line in ["", "  ", "/papers", "/papers /PAPERS help", "help"] {
        assert_eq!(slack(line), Ok(Command::Help { about: None }), "{line:?}");
    }
    assert_eq!(slack("help Subscribe"), Ok(Command::Help { about: spec("subscribe") }));
}

#[test]
fn a_subscription_has_no_dates_and_a_search_may() {
    assert!(slack("search llm listed>=7d").is_ok());
    assert!(matches!(slack("subscribe llm listed>=7d"), Err(Mistake::Query { .. })));
}

#[test]
fn named_options_that_do_not_belong_there_are_mistakes() {
    let given = |name: &str, options: &[(&str, &str)]| {
        let options: Vec<_> = options.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        parse_options(Platform::Discord, name, &options)
    };
    assert!(matches!(given("search", &[("query", "x"), ("size", "3")]), Err(Mistake::Unexpected { .. })));
    assert!(matches!(given("search", &[("query", " ")]), Err(Mistake::Missing { .. })));
    assert!(matches!(given("find", &[]), Err(Mistake::NoSuchCommand { meant: Some("search"), .. })));
    assert_eq!(given("latest", &[("query", "")]), Ok(Command::Latest { query: None }));
}

#[test]
fn a_very_long_line_is_refused() {
    for piece in ["/papers ", "since:7d ", "\"", "a:", "x ", "<", "&amp;", "9 am "] {
        let line = format!("roundup {}", piece.repeat(40_000 / piece.len()));
        assert!(slack(&line).is_err(), "{piece}");
        assert!(slack(&line.replace("roundup", "search")).is_err(), "{piece}");
    }
}
