//! Kills at random, for as long as one likes: `scripts/soak` runs this and prints the report.

use std::time::Duration;

use super::{Database, Report, Rig};
use crate::serve::process::Serve;
use crate::worlds::loopback::{Answer, Fault, Held};

/// Channels on each platform.
const CHANNELS: usize = 4;
/// After so many kills everything may come to rest and is counted; then other papers are listed.
const ROUND: usize = 50;
/// A process lives so long at most, in milliseconds; a good part of it is its start.
const LIFE: std::ops::Range<u64> = 100..1_300;
/// The chance of a death at each place of `crash::POINTS`, where these are built in.
const CRASH_CHANCE: &str = "0.01";

/// What is asked for in the environment.
struct Asked {
    kills: usize,
    database: Database,
    replicas: usize,
    seed: u64,
}

impl Asked {
    fn read() -> Self {
        let variable = |name: &str| std::env::var(format!("PAPERWIRE_SOAK_{name}")).ok();
        let number = |name: &str, other| variable(name).map_or(other, |text| text.parse().unwrap());
        let database = match variable("DB").as_deref() {
            None | Some("sqlite") => Database::Sqlite,
            Some("postgres") => Database::Postgres,
            Some(other) => panic!("PAPERWIRE_SOAK_DB is sqlite or postgres, not {other}"),
        };
        let replicas = number("REPLICAS", if database == Database::Postgres { 2 } else { 1 });
        assert!(replicas == 1 || database == Database::Postgres, "SQLite is served by one process");
        let seed = u64::try_from(number("SEED", 1)).unwrap();
        Self { kills: number("KILLS", 10), database, replicas, seed }
    }
}

/// Of ten requests two fail before or after their effect, and two are slow.
fn bad_weather(seed: u64) -> impl FnMut() -> Option<Fault> + Send + 'static {
    let mut random = fastrand::Rng::with_seed(seed);
    move || match random.u8(0..20) {
        0 => Some(Fault::CutBefore),
        1 => Some(Fault::CutAfter),
        2 => Some(Fault::DoThenAnswer(Answer::html(502))),
        3 => Some(Fault::Refuse(Answer::html(500))),
        4..8 => {
            let held = Held::new();
            let (slow, by) = (held.clone(), Duration::from_millis(random.u64(20..400)));
            tokio::spawn(async move {
                tokio::time::sleep(by).await;
                slow.release();
            });
            Some(Fault::Hold(held))
        }
        _ => None,
    }
}

/// Starts one of the replicas.
fn start(rig: &Rig, replica: usize, crash_seed: u64) -> Serve {
    let folder = rig.folder.path().join(format!("replica-{replica}"));
    rig.serve_with(&[
        ("PAPERWIRE__DATA_DIR", folder.display().to_string()),
        ("PAPERWIRE_CRASH_CHANCE", CRASH_CHANCE.to_owned()),
        ("PAPERWIRE_CRASH_SEED", crash_seed.to_string()),
    ])
}

async fn soak(asked: &Asked) -> Report {
    let mut random = fastrand::Rng::with_seed(asked.seed);
    let mut rig = Rig::subscribed(asked.database, CHANNELS).await;
    rig.slack.grant_history();
    rig.discord.faults().weather(bad_weather(random.u64(..)));
    rig.slack.faults().weather(bad_weather(random.u64(..)));
    let mut serving: Vec<Serve> = Vec::new();
    for replica in 0..asked.replicas {
        serving.push(start(&rig, replica, random.u64(..)));
    }
    for kill in 1..=asked.kills {
        rig.list(1);
        // Nothing is waited for: the moment of the death is to be any.
        tokio::time::sleep(Duration::from_millis(random.u64(LIFE))).await;
        let victim = random.usize(..serving.len());
        let other = start_after(&rig, serving.swap_remove(victim), victim, random.u64(..)).await;
        serving.push(other);
        let last = serving.len() - 1;
        serving.swap(victim, last);
        if kill % ROUND == 0 || kill == asked.kills {
            for serve in serving.drain(..) {
                serve.kill().await;
            }
            let report = rig.settle(&format!("after {kill} kills")).await;
            println!("{kill} kills: {report:?}");
            rig.delisted = rig.papers.len();
            for replica in 0..asked.replicas {
                serving.push(start(&rig, replica, random.u64(..)));
            }
        }
    }
    Report { kills: asked.kills, ..Report::of(&rig).await }
}

async fn start_after(rig: &Rig, serve: Serve, replica: usize, crash_seed: u64) -> Serve {
    serve.kill().await;
    start(rig, replica, crash_seed)
}

#[tokio::test]
#[ignore = "runs for as long as it is told to: scripts/soak"]
async fn random_kills_double_and_lose_nothing() {
    let asked = Asked::read();
    let report = soak(&asked).await;
    let line = serde_json::to_string(&report).unwrap();
    if let Some(path) = std::env::var_os("PAPERWIRE_SOAK_REPORT") {
        std::fs::write(path, line.clone() + "\n").unwrap();
    }
    assert_eq!((report.doubled, report.lost, report.unexplained), (0, 0, 0), "{line}");
}
