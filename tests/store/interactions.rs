use std::time::Duration;

use paperwire::domain::Platform;
use paperwire::store::Begun;

use super::{at, on_both};

const DISCORD: Platform = Platform::Discord;
const MINUTE: Duration = Duration::from_mins(1);

on_both! {
    async fn a_deed_is_begun_once_and_answered_alike(db: Database) {
        let begin = async |id, seconds| db.store.begin_interaction(DISCORD, id, at(seconds)).await.unwrap();
        assert_eq!(begin("1", 0).await, Begun::New);
        assert_eq!(begin("1", 1).await, Begun::Running);
        assert_eq!(begin("2", 1).await, Begun::New);
        db.store.end_interaction(DISCORD, "1", "done").await.unwrap();
        assert_eq!(begin("1", 2).await, Begun::Done("done".to_owned()));
        let other = db.store.begin_interaction(Platform::Slack, "1", at(3)).await.unwrap();
        assert_eq!(other, Begun::New);
    }

    async fn of_many_at_the_same_time_one_begins_the_deed(db: Database) {
        let tries = (0..8).map(|_| db.store.begin_interaction(DISCORD, "1", at(0)));
        let begun = futures::future::join_all(tries).await;
        let new = begun.iter().filter(|begun| matches!(begun, Ok(Begun::New))).count();
        let running = begun.iter().filter(|begun| matches!(begun, Ok(Begun::Running))).count();
        assert_eq!((new, running), (1, 7), "{begun:?}");
    }

    async fn a_deed_that_nobody_ended_in_a_minute_is_taken_over_once(db: Database) {
        let begin = async |seconds| db.store.begin_interaction(DISCORD, "1", at(seconds)).await.unwrap();
        assert_eq!(begin(0).await, Begun::New);
        assert_eq!(begin(59).await, Begun::Running);
        assert_eq!(begin(60).await, Begun::Abandoned);
        assert_eq!(begin(61).await, Begun::Running);
    }

    async fn an_allowance_lets_a_burst_through_and_then_fills_up_evenly(db: Database) {
        let draw = async |seconds| db.store.allow("ada", 3, MINUTE, at(seconds)).await.unwrap();
        for _ in 0..3 {
            assert_eq!(draw(0).await, Ok(()));
        }
        assert_eq!(draw(0).await, Err(Duration::from_secs(20)));
        assert_eq!(draw(15).await, Err(Duration::from_secs(5)));
        assert_eq!(draw(20).await, Ok(()));
        assert_eq!(draw(20).await, Err(Duration::from_secs(20)));
        assert_eq!(draw(90).await, Ok(()));
        assert_eq!(db.store.allow("bob", 3, MINUTE, at(20)).await.unwrap(), Ok(()));
    }

    async fn an_allowance_that_is_empty_costs_the_others_nothing(db: Database) {
        let both = [("ada", 9), ("lab", 1)];
        assert_eq!(db.store.allow_all(&both, MINUTE, at(0)).await.unwrap(), Ok(()));
        for _ in 0..20 {
            assert_eq!(db.store.allow_all(&both, MINUTE, at(0)).await.unwrap(), Err(MINUTE));
        }
        for _ in 0..8 {
            assert_eq!(db.store.allow("ada", 9, MINUTE, at(0)).await.unwrap(), Ok(()));
        }
        assert!(db.store.allow("ada", 9, MINUTE, at(0)).await.unwrap().is_err());
    }

    async fn many_draws_at_the_same_time_get_no_more_than_there_is(db: Database) {
        let draws = (0..12).map(|_| db.store.allow("ada", 5, MINUTE, at(0)));
        let answers = futures::future::join_all(draws).await;
        assert_eq!(answers.iter().filter(|one| matches!(one, Ok(Ok(())))).count(), 5, "{answers:?}");
    }

    async fn what_is_a_day_old_is_forgotten_and_the_rest_is_not(db: Database) {
        let hour = 3_600;
        db.store.begin_interaction(DISCORD, "1", at(0)).await.unwrap();
        db.store.begin_interaction(DISCORD, "2", at(2 * hour)).await.unwrap();
        db.store.keep_control("c", "[]", at(24 * hour)).await.unwrap();
        db.store.keep_control("d", "[]", at(26 * hour)).await.unwrap();
        db.store.forget_interactions(at(25 * hour)).await.unwrap();
        let begin = async |id| db.store.begin_interaction(DISCORD, id, at(2 * hour)).await.unwrap();
        assert_eq!((begin("1").await, begin("2").await), (Begun::New, Begun::Running));
        let kept = async |id| db.store.control(id, at(0)).await.unwrap();
        assert_eq!((kept("c").await, kept("d").await.as_deref()), (None, Some("[]")));
    }

    async fn recent_queries_are_ones_own_and_popular_ones_were_asked_by_several(db: Database) {
        let note = async |user, query, seconds| {
            db.store.note_query(DISCORD, user, query, at(seconds)).await.unwrap();
        };
        for (user, query, seconds) in
            [("ada", "robot", 1), ("ada", "secret", 2), ("bob", "robot", 3), ("ada", "drone", 4), ("bob", "drone", 5),
             ("eve", "drone", 6), ("ada", "robot", 7)]
        {
            note(user, query, seconds).await;
        }
        let recent = db.store.recent_queries(DISCORD, "ada", 2).await.unwrap();
        assert_eq!(recent, ["robot", "drone"]);
        assert_eq!(db.store.popular_queries(DISCORD, 9).await.unwrap(), ["drone", "robot"]);
        assert_eq!(db.store.popular_queries(Platform::Slack, 9).await.unwrap(), Vec::<String>::new());
    }
}
