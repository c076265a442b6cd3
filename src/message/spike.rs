//! That far more than usual comes for a channel, said in it once a day.

use jiff::Zoned;

use super::roundup::RoundupCard;
use crate::domain::budget::Spike;

/// Says that the rest of the day's papers come together, in the roundup at a local time; `None` where it is off.
pub fn spike_notice(spike: Spike, next: Option<&Zoned>) -> RoundupCard {
    let Spike { came, usual } = spike;
    let heading = format!("Far more papers than usual: {came} so far today");
    let roundup = next.map_or_else(
        || "the roundup, which is off: /papers roundup every:daily".to_owned(),
        |next| format!("the roundup of {}", next.strftime("%a, %-d %b %Y, %H:%M (%Z)")),
    );
    let note =
        format!("About {usual} a day are usual here. What comes today from now on waits for {roundup}.");
    RoundupCard { heading, sections: Vec::new(), note, details: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spike_is_told_with_its_numbers_and_where_the_papers_are() {
        let spike = Spike { came: 32, usual: 6 };
        let next: Zoned = "2026-08-05T09:00[Europe/Berlin]".parse().unwrap();
        let told = [Some(&next), None].map(|next| spike_notice(spike, next).plain_text());
        insta::assert_snapshot!(told.join("\n"), @"
        Far more papers than usual: 32 so far today
        About 6 a day are usual here. What comes today from now on waits for the roundup of Wed, 5 Aug 2026, 09:00 (CEST).
        Far more papers than usual: 32 so far today
        About 6 a day are usual here. What comes today from now on waits for the roundup, which is off: /papers roundup every:daily.
        ");
    }
}
