//! What a person does becomes the request that it is.

use paperwire::chat::{Action, Answer, Asker, Completion};
use paperwire::command::{Topic, parse_options};
use paperwire::domain::{ChannelId, Platform, UserId};
use paperwire::message::Choice;

use super::{Bench, reply};
use crate::worlds::discord::payload::{
    self, ADA, ADMINISTRATOR, BOB, Does, ORDINARY, Person, channel, number, text,
};

fn asker(person: Person, may_manage: bool) -> Asker {
    Asker {
        platform: Platform::Discord,
        workspace: person.guild.map(|guild| guild.to_string()),
        channel: ChannelId::parse(Platform::Discord, &person.channel.to_string()).unwrap(),
        user: UserId(person.user.to_string()),
        name: Some("A Person".to_owned()),
        may_post: true,
        may_manage,
    }
}

fn command(name: &str, options: &[(&str, &str)]) -> Action {
    let options: Vec<_> =
        options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Action::Command(parse_options(Platform::Discord, name, &options))
}

#[tokio::test]
async fn everything_a_person_can_do_arrives_as_the_same_request_both_ways() {
    for bench in Bench::both().await {
        let query = || text("query", "diffusion");
        for (does, action) in [
            (
                Does::Slash("search", vec![query(), text("sort", "date")]),
                command("search", &[("query", "diffusion"), ("sort", "date")]),
            ),
            (Does::Slash("roundup", vec![number("size", 12)]), command("roundup", &[("size", "12")])),
            (Does::Slash("status", vec![]), command("status", &[])),
            (
                Does::Slash("subscribe", vec![query(), channel("channel", 200, payload::MANAGE_CHANNELS)]),
                command("subscribe", &[("query", "diffusion"), ("channel", "200")]),
            ),
            (Does::Press("c1:0".to_owned()), Action::Press { control: "c1:0".to_owned(), choice: None }),
            (
                Does::Choose("c1:1".to_owned(), "2608.01234".to_owned()),
                Action::Press { control: "c1:1".to_owned(), choice: Some("2608.01234".to_owned()) },
            ),
            (
                Does::Submit(
                    "c1:2".to_owned(),
                    vec![
                        ("query".to_owned(), " a b ".to_owned()),
                        ("when=instant|daily".to_owned(), "DAI".to_owned()),
                    ],
                    true,
                ),
                Action::Submit {
                    control: "c1:2".to_owned(),
                    values: vec![
                        ("query".to_owned(), "a b".to_owned()),
                        ("when".to_owned(), "daily".to_owned()),
                    ],
                },
            ),
            (
                Does::About("see <https://arxiv.org/abs/2608.01234>".to_owned()),
                Action::About {
                    text:
                        "see <https://arxiv.org/abs/2608.01234>\nhttps://arxiv.org/abs/2608.09999\nA preview"
                            .to_owned(),
                },
            ),
        ] {
            let seen = bench.asks(ADA, does).await;
            let request = bench.script.asked().pop().unwrap();
            assert_eq!(request.action, action);
            assert_eq!(request.asker, asker(ADA, true));
            assert_eq!(request.id, seen.id.to_string());
            assert_eq!((seen.response, seen.words().as_str(), seen.ephemeral), (Some(4), "Answered", true));
        }
        bench.ends().await;
    }
}

#[tokio::test]
async fn who_may_manage_the_channel_is_what_discord_says_of_the_person_there() {
    let bench = Bench::http().await;
    let private = Person { guild: None, ..BOB };
    let administrator = Person { permissions: ORDINARY | ADMINISTRATOR, ..BOB };
    for (person, may) in [(ADA, true), (BOB, false), (administrator, true), (private, true)] {
        bench.asks(person, Does::Slash("status", vec![])).await;
        assert_eq!(bench.script.asked().pop().unwrap().asker, asker(person, may), "{person:?}");
    }
    for (there, may) in [(payload::MANAGE_CHANNELS, true), (ORDINARY, false)] {
        let options = vec![text("query", "x"), channel("channel", 200, there)];
        bench.asks(ADA, Does::Slash("subscribe", options)).await;
        let managing = bench.script.asked().pop().unwrap().asker.may_manage;
        assert_eq!(managing, may, "the right counts in the channel that is named as well");
    }
    bench.ends().await;
}

#[tokio::test]
async fn what_is_half_written_is_completed() {
    for bench in Bench::both().await {
        let choice = |n: usize| Choice { label: format!("label {n}"), value: format!("value {n}") };
        *bench.script.choices.lock().unwrap() = (0..30).map(choice).collect();
        for (does, topic, written) in [
            (Does::Writes("search", vec![text("sort", "date"), text("query", "diff")]), Topic::Query, "diff"),
            (Does::Writes("subscribe", vec![text("query", "cat:cs")]), Topic::Query, "cat:cs"),
            (Does::Writes("show", vec![text("paper", "2608")]), Topic::Paper, "2608"),
            (Does::Writes("unsubscribe", vec![text("subscription", "")]), Topic::Subscription, ""),
            (Does::Writes("roundup", vec![text("zone", "Eur")]), Topic::Zone, "Eur"),
        ] {
            let seen = bench.asks(BOB, does).await;
            let asked = bench.script.completions.lock().unwrap().pop().unwrap();
            assert_eq!(asked, Completion { asker: asker(BOB, false), topic, text: written.to_owned() });
            assert_eq!(seen.response, Some(8));
            assert_eq!(seen.data["choices"].as_array().unwrap().len(), 25);
            assert_eq!(seen.data["choices"][0], serde_json::json!({"name": "label 0", "value": "value 0"}));
        }
        let unknown = bench.asks(BOB, Does::Writes("nonsense", vec![text("x", "y")])).await;
        assert_eq!(unknown.data, serde_json::json!({"choices": []}));
        bench.ends().await;
    }
}

#[tokio::test]
async fn an_interaction_that_makes_no_sense_is_answered_with_a_sentence() {
    for bench in Bench::both().await {
        let mut begun = bench.world.begins(ADA, Does::Slash("search", vec![]));
        begun.sent["data"]["options"] = serde_json::json!([]);
        bench.sends(&begun).await;
        let seen = bench.world.until(begun.id, |one| one.response.is_some()).await;
        assert!(seen.words().starts_with("This could not be read") && seen.ephemeral, "{}", seen.words());
        bench.script.says(Answer::Reply { reply: reply("next") });
        assert_eq!(bench.asks(ADA, Does::Slash("status", vec![])).await.words(), "next");
        bench.ends().await;
    }
}
