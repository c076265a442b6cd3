//! From the proposal of a subscription to its end.

use paperwire::chat::CommandHandler as _;
use paperwire::command::{Command, Until};
use paperwire::domain::{
    Cadence, ChannelId, PauseCause, Platform, Query, RoundupSettings, RoundupWish, Style, SubscriptionId,
    Verdict,
};

use super::{Desk, HUB, block_text, titled};
use crate::store::{LEASE, on_both};

/// Compares a text with what is written here, on both databases the same.
macro_rules! reads {
    ($said:expr, @$text:literal) => {{
        let said = $said;
        insta::allow_duplicates! { insta::assert_snapshot!(said, @$text) }
    }};
}

fn subscribe(query: &str, when: Option<Cadence>, style: Option<Style>) -> Command {
    Command::Subscribe { query: Query::for_subscription(query).unwrap(), when, style, channel: None }
}

fn plain(query: &str) -> Command {
    subscribe(query, None, None)
}

/// Forty days of papers: each day one on robots, every tenth two on drones.
async fn forty_days(desk: &Desk) {
    for age in 0..40 {
        let id = format!("2607.{age:05}");
        desk.list(age, &[(&id, "Robots that learn to walk")]).await;
        if age % 10 == 0 {
            let ids = [format!("2606.{age:05}"), format!("2605.{age:05}")];
            desk.list(age, &[(&ids[0], "Drones and robots"), (&ids[1], "Drones alone")]).await;
        }
    }
}

on_both! {
    async fn a_proposal_says_what_it_would_have_posted(db: Database) {
        let desk = Desk::new(db);
        forty_days(&desk).await;
        let ada = desk.person("ada");
        let proposal = ada.gives(plain("drones")).await;
        reads!(proposal.text(), @"
        # Subscribe to “drone”?
        Into #robotics, each as soon as it is listed, as a card.
        In the last 30 days this would have posted 6 papers (0.2 a day, at most 2).
        *The latest of them*
        Drones alone | Matches “drone” in the title
        Drones and robots | Matches “drone” in the title
        Drones alone | Matches “drone” in the title
        [Subscribe] [Narrow] [Cancel]
        ");
        ada.presses(&proposal, "Subscribe").await;
        reads!(ada.gives(plain("robots walk")).await.text(), @"
        # Subscribe to “robot walk”?
        Into #robotics, each as soon as it is listed, as a card.
        In the last 30 days this would have posted 30 papers (1.0 a day, at most 1).
        *The latest of them*
        Robots that learn to walk | Matches “robot walk”: “robot” and “walk” in the title
        Robots that learn to walk | Matches “robot walk”: “robot” and “walk” in the title
        Robots that learn to walk | Matches “robot walk”: “robot” and “walk” in the title
        [Subscribe] [Narrow] [Cancel]
        ");
        reads!(ada.gives(subscribe("ti:robots", Some(Cadence::Daily), None)).await.text(), @"
        # Subscribe to “ti:robot”?
        Into #robotics, collected for the daily roundup, as a card.
        In the last 30 days this would have collected 33 papers (1.1 a day, at most 2).
        3 of them already come by “drone”.
        *The latest of them*
        Drones and robots | Matches “robot” in the title
        Robots that learn to walk | Matches “robot” in the title
        Robots that learn to walk | Matches “robot” in the title
        [Subscribe] [Narrow] [Cancel]
        ");
    }

    async fn the_back_test_is_the_same_without_the_index(db: Database) {
        let desk = Desk::new(db);
        forty_days(&desk).await;
        desk.person("ada").presses(&desk.person("ada").gives(plain("drones")).await, "Subscribe").await;
        let ask = async |desk: &Desk, query| desk.person("bob").gives(plain(query)).await.text();
        let queries = ["robots", "drones -robots", "\"learn to walk\" OR drones", "cooking", "upvotes>=1"];
        let mut indexed = Vec::new();
        for query in queries {
            indexed.push(ask(&desk, query).await);
        }
        desk.search.clear().unwrap();
        for (query, indexed) in queries.into_iter().zip(indexed) {
            assert_eq!(ask(&desk, query).await, indexed, "{query}");
        }
    }

    async fn a_young_store_is_honest_about_its_days(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        let line = async |query: &str| {
            let text = ada.gives(plain(query)).await.text();
            text.lines().nth(2).unwrap().to_owned()
        };
        reads!(line("robots").await, @"No papers are stored yet, so there is no telling how many this would post.");
        desk.list(0, &[("2608.00001", "Robots")]).await;
        reads!(line("robots").await, @"Today, the only day that Paperwire has seen, this would have posted 1 paper.");
        desk.list(8, &[("2608.00002", "Robots"), ("2608.00003", "Robots")]).await;
        reads!(line("robots").await, @"In the 9 days that Paperwire has seen, this would have posted 3 papers (0.3 a day, at most 2).");
        reads!(line("drones").await, @"In the 9 days that Paperwire has seen, this would have posted nothing: try fewer words, or OR between them.");
        reads!(line("upvotes+24h>=30").await, @"It asks how fast numbers rise, so there is no telling how many papers it would have posted.");
        reads!(line("robots src:huggingface").await, @"In the 9 days that Paperwire has seen, this would have posted 3 papers (0.3 a day, at most 2).");
    }

    async fn the_same_query_is_a_change_and_not_a_second_subscription(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        let made = ada.presses(&ada.gives(plain("robots")).await, "Subscribe").await;
        reads!(made.text(), @"
        # Subscribed to “robot”
        From now on papers that match are posted in #robotics, each as soon as it is listed, as a card.
        (To end it: `/papers unsubscribe 1`. All subscriptions of the channel: `/papers subscriptions`.)
        ");
        let change = ada.gives(subscribe("Robot", Some(Cadence::Daily), Some(Style::Line))).await;
        reads!(change.text(), @"
        # Change the subscription to “robot”?
        Into #robotics, subscription 1: now instant, card; then daily, line.
        No papers are stored yet, so there is no telling how many this would post.
        [Change] [Narrow] [Cancel]
        ");
        reads!(ada.presses(&change, "Change").await.text(), @"
        # Changed the subscription to “robot”
        From now on papers that match come together in the roundup of #robotics; `/papers roundup` in the channel shows and sets its time, and what has come together so far.
        (To end it: `/papers unsubscribe 1`. All subscriptions of the channel: `/papers subscriptions`.)
        ");
        reads!(ada.gives(subscribe("robots", None, None)).await.text(), @"
        # Already subscribed to “robot”
        Into #robotics, subscription 1: now daily, line.
        No papers are stored yet, so there is no telling how many this would post.
        [Narrow] [Cancel]
        ");
        assert_eq!(desk.db.store.subscriptions().await.unwrap().len(), 1);
    }

    async fn a_proposal_is_narrowed_in_a_form_that_shows_what_it_would_bring(db: Database) {
        let desk = Desk::new(db);
        forty_days(&desk).await;
        let ada = desk.person("ada");
        let form = ada.presses(&ada.gives(plain("robots")).await, "Narrow").await;
        reads!(form.text(), @"
        # Narrow the subscription
        In the last 30 days this would have posted 33 papers (1.1 a day, at most 2).
        Query: robot
        When papers come: instant
        How much of each is shown: card
        [Look again]
        ");
        let live = ada.edits(&form, &[("query", "robots drones")]).await;
        assert_eq!(live.form().control, form.form().control);
        reads!(live.text(), @"
        # Narrow the subscription
        In the last 30 days this would have posted 3 papers (0.1 a day, at most 1).
        Query: robots drones
        When papers come: instant
        How much of each is shown: card
        [Look again]
        ");
        let wrong = ada.edits(&live, &[("query", "robots (drones")]).await;
        reads!(wrong.text(), @"
        # Narrow the subscription
        ```
        robots (drones
               ^
        this “(” is never closed: add “)”
        ```
        Query: robots (drones
        When papers come: instant
        How much of each is shown: card
        [Look again]
        ");
        let refused = ada.submits(&wrong, &[]).await;
        reads!(refused.text(), @"
        This query cannot be read; nothing was changed.
        ```
        robots (drones
               ^
        this “(” is never closed: add “)”
        ```
        [Try again]
        ");
        let again = ada.presses(&refused, "Try again").await;
        assert_eq!(again.form().fields[0].value, "robots (drones");
        let typed = [("query", "robots drones"), ("style", "Line"), ("when", "weekly: with the others")];
        let proposal = ada.submits(&again, &typed).await;
        reads!(proposal.text(), @"
        # Subscribe to “drone robot”?
        Into #robotics, collected for the weekly roundup, as one line.
        In the last 30 days this would have collected 3 papers (0.1 a day, at most 1).
        *The latest of them*
        Drones and robots | Matches “drone robot”: “drone” and “robot” in the title
        Drones and robots | Matches “drone robot”: “drone” and “robot” in the title
        Drones and robots | Matches “drone robot”: “drone” and “robot” in the title
        [Subscribe] [Narrow] [Cancel]
        ");
        let unusable = ada.submits(&again, &[("query", "robots drones"), ("when", "hourly")]).await;
        assert!(unusable.text().starts_with("“hourly” is no time"), "{}", unusable.text());
        ada.presses(&proposal, "Subscribe").await;
        let made = desk.db.store.subscriptions().await.unwrap().remove(0);
        assert_eq!((made.cadence, made.style, made.query.as_str()), (Cadence::Weekly, Style::Line, "drone robot"));
    }

    async fn nothing_changes_before_it_is_confirmed_nor_when_it_is_cancelled(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        let proposal = ada.gives(plain("robots")).await;
        assert_eq!(ada.presses(&proposal, "Cancel").await.text(), "Nothing was changed.");
        assert!(desk.db.store.subscriptions().await.unwrap().is_empty());
        assert!(desk.db.store.destinations().await.unwrap().is_empty());
    }

    async fn papers_can_be_brought_into_another_channel(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        let vision = ChannelId::parse(Platform::Sandbox, "vision").unwrap();
        let query = Query::for_subscription("robots").unwrap();
        let elsewhere = Command::Subscribe { query, when: None, style: None, channel: Some(vision) };
        let said = ada.presses(&ada.gives(elsewhere).await, "Subscribe").await.text();
        assert!(said.contains("posted in #vision"), "{said}");
        assert_eq!(desk.db.store.subscriptions().await.unwrap()[0].destination.channel.as_str(), "vision");
    }

    async fn a_subscription_is_ended_by_number_or_menu_and_the_end_undone(db: Database) {
        let desk = Desk::new(db);
        let (ada, bob) = (desk.person("ada"), desk.person("bob"));
        for query in ["robots", "drones"] {
            ada.presses(&ada.gives(plain(query)).await, "Subscribe").await;
        }
        let list = bob.gives(Command::Subscriptions).await;
        reads!(list.text(), @"
        # 2 subscriptions
        2 · drone: instant, card · by @ada · made {ago 2026-08-21T06:00:00Z} · 0 papers posted
        1 · robot: instant, card · by @ada · made {ago 2026-08-21T06:00:00Z} · 0 papers posted
        <End a subscription…> 2 · drone / 1 · robot
        ");
        let ended = bob.chooses(&list, "2 · drone").await;
        reads!(ended.text(), @"
        Ended the subscription to “drone”. It had brought no papers.
        [Undo]
        ");
        let back = bob.presses(&ended, "Undo").await.text();
        assert_eq!(back, "The subscription to “drone” is back.");
        let owners = desk.db.store.subscriptions().await.unwrap();
        assert_eq!(owners.iter().map(|one| one.created_by.as_str()).collect::<Vec<_>>(), ["ada", "ada"]);
        let gone = bob.chooses(&list, "2 · drone").await.text();
        assert_eq!(gone, "That subscription has been ended already.");
        let elsewhere = bob.in_channel("vision");
        let wrong = elsewhere.gives(Command::Unsubscribe { subscription: SubscriptionId(1) }).await.text();
        assert!(wrong.starts_with("This channel has no subscription 1:"), "{wrong}");
        ada.gives(Command::Unsubscribe { subscription: SubscriptionId(1) }).await;
        assert_eq!(desk.db.store.subscriptions().await.unwrap().len(), 1);
    }

    async fn a_channel_is_paused_for_a_time_and_resumed(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        let pause = async |subscription, until| ada.gives(Command::Pause { subscription, until }).await;
        assert!(pause(None, None).await.text().starts_with("This channel has no subscriptions"));
        ada.presses(&ada.gives(plain("robots")).await, "Subscribe").await;
        let paused = pause(None, Some(Until::After(3 * 24 * 3_600))).await;
        reads!(paused.text(), @"
        The channel’s subscription is paused until {2026-08-24T06:00:00Z} ({ago 2026-08-24T06:00:00Z}); after that papers come again by themselves. Papers listed meanwhile are not posted later.
        [Resume]
        ");
        reads!(ada.gives(Command::Subscriptions).await.text(), @"
        # 1 subscription
        1 · robot: instant, card · by @ada · made {ago 2026-08-21T06:00:00Z} · 0 papers posted · paused until {2026-08-24T06:00:00Z}
        <End a subscription…> 1 · robot
        [Resume]
        ");
        reads!(ada.presses(&paused, "Resume").await.text(), @"The channel’s subscription is active again.");
        let day = |text: &str| Some(Until::Day(text.parse().unwrap()));
        reads!(pause(Some(SubscriptionId(1)), day("2026-08-24")).await.text(), @"
        The subscription to “robot” is paused until {2026-08-24T00:00:00Z} ({ago 2026-08-24T00:00:00Z}); after that papers come again by themselves. Papers listed meanwhile are not posted later.
        [Resume]
        ");
        reads!(pause(None, day("2026-08-21")).await.text(), @"{2026-08-21T00:00:00Z} is not in the future: name a later day, or a time from now such as `3d`.");
        assert!(pause(Some(SubscriptionId(7)), None).await.text().starts_with("This channel has no subscription 7"));
        let resume = async |subscription| ada.gives(Command::Resume { subscription }).await.text();
        assert!(resume(Some(SubscriptionId(7))).await.starts_with("This channel has no subscription 7"));
        assert_eq!(resume(Some(SubscriptionId(1))).await, "The subscription to “robot” is active again.");
        assert_eq!(resume(None).await, "Nothing was paused by people here.");
    }

    async fn resuming_ends_what_a_refusal_had_stopped(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        ada.presses(&ada.gives(plain("robots")).await, "Subscribe").await;
        let channel = desk.db.store.destinations().await.unwrap().remove(0).id;
        let refuse = async |cause, reason| {
            let now = paperwire::clock::Clock::now(&*desk.clock);
            desk.db.store.pause_destination(channel, cause, reason, now).await.unwrap();
        };
        refuse(PauseCause::Channel, "invite Paperwire").await;
        let list = ada.gives(Command::Subscriptions).await;
        reads!(list.text(), @"
        # 1 subscription
        Nothing is posted in this channel since {2026-08-21T06:00:00Z}: invite Paperwire.
        1 · robot: instant, card · by @ada · made {ago 2026-08-21T06:00:00Z} · 0 papers posted
        <End a subscription…> 1 · robot
        [Resume]
        ");
        reads!(ada.presses(&list, "Resume").await.text(), @"Paperwire tries to post here again. What had stopped it: invite Paperwire.");
        assert!(desk.db.store.destinations().await.unwrap()[0].pause.is_none());
        refuse(PauseCause::Account, "the token is refused").await;
        let said = ada.gives(Command::Resume { subscription: None }).await.text();
        assert!(said.ends_with("Only the people who run Paperwire can end this."), "{said}");
        assert!(desk.db.store.destinations().await.unwrap()[0].pause.is_some());
    }

    async fn a_home_page_and_a_link_tell_what_is_known(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        ada.presses(&ada.gives(plain("robots")).await, "Subscribe").await;
        let vision = desk.person("ada").in_channel("vision");
        vision.presses(&vision.gives(subscribe("images", Some(Cadence::Daily), None)).await, "Subscribe").await;
        let page: Vec<String> = desk.bot.home(&ada.asker).await.iter().map(block_text).collect();
        reads!(page.join("\n"), @"
        # Your 2 subscriptions
        #robotics
        1 · robot: instant, card · made {ago 2026-08-21T06:00:00Z} · 0 papers posted
        #vision
        2 · image: daily, card · made {ago 2026-08-21T06:00:00Z} · 0 papers posted
        (In a channel, `/papers subscribe` makes a subscription and `/papers unsubscribe` ends one; `/papers help` explains everything.)
        ");

        let listing = desk.listing("2608.00001", 0, titled("Robots"));
        let now = paperwire::clock::Clock::now(&*desk.clock);
        desk.db.store.record(HUB, std::slice::from_ref(&listing), listing.day, now).await.unwrap();
        let paper = desk.db.store.paper(&listing.paper).await.unwrap().unwrap();
        let subscription = desk.db.store.subscriptions().await.unwrap().remove(0);
        desk.db.route(&paper, &[&subscription], now).await;
        let claimed = desk.db.store.claim("a", &Platform::ALL, 1, LEASE, now).await.unwrap().remove(0);
        let sent = Verdict::Sent { message_id: "77".to_owned() };
        desk.db.store.finish(&claimed, &sent, now).await.unwrap();
        let links = ["2608.00001", "2608.99999"].map(|id| (format!("https://arxiv.org/abs/{id}"), id.parse().unwrap()));
        let told = desk.bot.unfurl(&ada.asker, &links).await;
        assert_eq!(told.len(), 1);
        let blocks: Vec<String> = told[0].blocks.iter().map(block_text).collect();
        reads!(blocks.join("\n"), @"
        Robots
        https://arxiv.org/abs/2608.00001
        21 Aug 2026
        (Posted here {ago 2026-08-21T06:00:00Z}: the message <robotics 77>)
        ");
        assert_eq!(desk.bot.unfurl(&desk.person("ada").in_channel("other").asker, &links).await[0].blocks.len(), 1);
    }

    async fn a_roundup_shows_its_settings_and_what_has_come_together(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        let set = async |at, zone: Option<&str>, size| {
            let settings = RoundupSettings { at, zone: zone.map(str::to_owned), size, ..RoundupSettings::default() };
            ada.gives(Command::Roundup { wanted: RoundupWish { settings, ..RoundupWish::default() } }).await.text()
        };
        assert!(set(None, None, None).await.contains("Nothing is collected here"));
        ada.presses(&ada.gives(subscribe("robots", Some(Cadence::Daily), None)).await, "Subscribe").await;
        set(Some(jiff::civil::time(9, 0, 0, 0)), Some("Europe/Berlin"), None).await;
        let listing = desk.listing("2608.00001", 0, titled("Robots that fold"));
        let now = paperwire::clock::Clock::now(&*desk.clock);
        desk.db.store.record(HUB, std::slice::from_ref(&listing), listing.day, now).await.unwrap();
        let paper = desk.db.store.paper(&listing.paper).await.unwrap().unwrap();
        let found = paperwire::store::NewMatch { subscription: SubscriptionId(1), terms: Vec::new() };
        let occasion = paperwire::store::Occasion::New;
        desk.db.store.commit_routing(&paper, occasion, &[found], &[], now).await.unwrap();
        reads!(set(None, None, Some(5)).await, @"
        # The roundup is set
        Every: each day, unless you choose
        At: 09:00
        Zone: Europe/Berlin
        Size: at most 5 papers
        Already posted: left out, unless you choose
        Quiet day: nothing is posted, unless you choose
        Trending: never, unless you choose
        *1 paper in the last 24 hours for 1 daily subscription*
        Robots that fold | Matches “robot”
        ");
    }
}
