//! Each request once, within the limits, by who has the right.

use std::time::Duration;

use paperwire::bot::BotSettings;
use paperwire::chat::{Action, Answer};
use paperwire::clock::Clock as _;
use paperwire::command::Command;
use paperwire::domain::{Platform, Query, RoundupSettings, RoundupWish, SubscriptionId};

use super::{Desk, Person, Said};
use crate::store::on_both;

fn subscribe(query: &str) -> Command {
    let query = Query::for_subscription(query).unwrap();
    Command::Subscribe { query, when: None, style: None, channel: None }
}

fn pressing(said: &Said, label: &str) -> Action {
    Action::Press { control: said.control(label), choice: None }
}

impl Desk {
    async fn subscribed(&self) -> usize {
        self.db.store.subscriptions().await.unwrap().len()
    }
}

fn sized(size: u16) -> Command {
    let settings = RoundupSettings { size: Some(size), ..RoundupSettings::default() };
    Command::Roundup { wanted: RoundupWish { settings, ..RoundupWish::default() } }
}

on_both! {
    async fn the_same_request_is_done_once_and_answered_alike(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        let proposal = ada.gives(subscribe("robots")).await;
        let press = pressing(&proposal, "Subscribe");
        let first = desk.does_as("press", &ada.asker, press.clone()).await;
        let (posted, _) = (first.text(), desk.db.store.unsubscribe(SubscriptionId(1)).await.unwrap());
        let again = desk.does_as("press", &ada.asker, press).await;
        assert_eq!((again.clone(), again.text()), (first, posted));
        assert_eq!(desk.subscribed().await, 0, "the answer is replayed, the deed is not done again");
    }

    async fn a_request_that_is_being_done_is_not_done_beside(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        let press = pressing(&ada.gives(subscribe("robots")).await, "Subscribe");
        let now = desk.clock.now();
        desk.db.store.begin_interaction(Platform::Sandbox, "slow", now).await.unwrap();
        assert_eq!(desk.does_as("slow", &ada.asker, press.clone()).await.0, Answer::Nothing);
        assert_eq!(desk.subscribed().await, 0);
        desk.clock.advance(Duration::from_mins(1));
        let taken_over = desk.does_as("slow", &ada.asker, press).await;
        assert!(taken_over.text().starts_with("# Subscribed to “robot”"), "{}", taken_over.text());
        assert_eq!(desk.subscribed().await, 1);
    }

    async fn two_at_the_same_time_are_one_deed(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        let press = pressing(&ada.gives(subscribe("robots")).await, "Subscribe");
        let both = [1, 2].map(|_| desk.does_as("twice", &ada.asker, press.clone()));
        let said = futures::future::join_all(both).await;
        let done = said.iter().filter(|said| matches!(said.0, Answer::Replace { .. })).count();
        assert!(done >= 1 && said.iter().all(|said| matches!(said.0, Answer::Replace { .. } | Answer::Nothing)));
        assert_eq!(desk.subscribed().await, 1);
    }

    async fn who_asks_too_fast_is_told_how_long_to_wait(db: Database) {
        let desk = Desk::with(db, BotSettings { per_user: 2, per_workspace: 3, short_text: 120 });
        let (ada, bob) = (desk.person("ada"), desk.person("bob"));
        let texts = async |person: &Person<'_>| person.gives(Command::Subscriptions).await.text();
        for _ in 0..2 {
            assert!(texts(&ada).await.starts_with("This channel has no"));
        }
        assert_eq!(texts(&ada).await, "That was a lot in a short time. Please try again in 30 seconds.");
        assert!(texts(&bob).await.starts_with("This channel has no"));
        assert_eq!(texts(&bob).await, "That was a lot in a short time. Please try again in 20 seconds.");
        desk.clock.advance(Duration::from_secs(30));
        assert!(texts(&ada).await.starts_with("This channel has no"));
    }

    async fn who_may_not_manage_the_channel_changes_nothing_by_command_or_button(db: Database) {
        let desk = Desk::new(db);
        let (ada, bob) = (desk.person("ada"), desk.person("bob").without_rights());
        let proposal = ada.gives(subscribe("robots")).await;
        let demoted = desk.person("ada").without_rights();
        let refusal = "You may not change what is posted in this channel.";
        for said in [
            bob.gives(subscribe("robots")).await,
            bob.gives(Command::Pause { subscription: None, until: None }).await,
            bob.gives(Command::Resume { subscription: None }).await,
            bob.gives(Command::Unsubscribe { subscription: SubscriptionId(1) }).await,
            bob.gives(sized(3)).await,
            demoted.presses(&proposal, "Subscribe").await,
            demoted.presses(&proposal, "Narrow").await,
        ] {
            assert!(said.text().starts_with(refusal), "{}", said.text());
        }
        assert_eq!(desk.subscribed().await, 0);
        let look = Command::Roundup { wanted: RoundupWish::default() };
        assert!(bob.gives(look).await.text().starts_with("# The roundup of this channel"));
    }

    async fn a_button_is_its_asker_s_and_lasts_a_week(db: Database) {
        let desk = Desk::new(db);
        let (ada, bob) = (desk.person("ada"), desk.person("bob"));
        let proposal = ada.gives(subscribe("robots")).await;
        let anothers = bob.presses(&proposal, "Subscribe").await.text();
        assert!(anothers.starts_with("Only the person who asked can use this message."), "{anothers}");
        for control in ["", "0:0", "no such:1", "💥"] {
            let press = Action::Press { control: control.to_owned(), choice: None };
            let text = desk.does(&ada.asker, press).await.text();
            assert_eq!(text, "This message is too old to be used. Give its command again.", "{control}");
        }
        desk.clock.advance(Duration::from_hours(7 * 24));
        let old = ada.presses(&proposal, "Subscribe").await.text();
        assert!(old.starts_with("This message is too old"), "{old}");
        assert_eq!(desk.subscribed().await, 0);
    }

    async fn a_restart_between_answer_and_press_changes_nothing(db: Database) {
        let desk = Desk::new(db);
        let proposal = desk.person("ada").gives(subscribe("robots")).await;
        let settings = BotSettings { per_user: 9, per_workspace: 9, short_text: 120 };
        let bot = paperwire::bot::Bot::new(desk.db.store.clone(), None, desk.clock.clone(), settings);
        let desk = Desk { bot, ..desk };
        desk.person("ada").presses(&proposal, "Subscribe").await;
        assert_eq!(desk.subscribed().await, 1);
    }

    async fn a_mistake_is_told_and_an_inner_fault_has_a_reference(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        let said = ada.asks("serach").await.text();
        assert!(said.contains("serach"), "{said}");
        desk.db.tamper("DROP TABLE roundup_setting").await;
        let look = sized(3);
        let said = ada.gives(look).await.text();
        assert!(said.starts_with("Something went wrong inside Paperwire.") && said.contains("reference `"), "{said}");
    }

    async fn what_was_once_is_forgotten_after_a_day(db: Database) {
        let desk = Desk::new(db);
        let ada = desk.person("ada");
        let look = || Action::Command(Ok(Command::Subscriptions));
        desk.does_as("1", &ada.asker, look()).await;
        desk.clock.advance(Duration::from_hours(25));
        desk.does_as("2", &ada.asker, look()).await;
        let begun = desk.db.store.begin_interaction(Platform::Sandbox, "1", desk.clock.now()).await.unwrap();
        assert_eq!(begun, paperwire::store::Begun::New);
    }
}
