//! The form in which somebody says what to send where, as it was filled in and with what is wrong in it.

use std::sync::LazyLock;

use super::fields::Fields;
use crate::command::zones;
use crate::domain::{MailAddress, MailAddressError, MailRhythm, MailWish, Query, schedule};
use crate::message::clean;

/// A form, filled in or not.
#[derive(Debug, Default)]
pub(super) struct WishForm {
    pub address: String,
    pub weekly: bool,
    pub query: String,
    pub zone: String,
    pub address_fault: String,
    pub query_fault: String,
    /// The query with a caret below the fault.
    pub query_place: String,
    pub zone_fault: String,
}

/// Zones of one part of the world.
pub(super) struct Region {
    pub name: &'static str,
    pub zones: Vec<Zone>,
}

/// A zone to choose.
pub(super) struct Zone {
    pub name: &'static str,
    /// `New York` of `America/New_York`.
    pub place: String,
}

static REGIONS: LazyLock<Vec<Region>> = LazyLock::new(|| {
    let mut regions: Vec<Region> = Vec::new();
    for name in zones() {
        let Some((region, place)) = name.split_once('/') else { continue };
        let zone = Zone { name, place: place.replace('_', " ").replace('/', ", ") };
        match regions.last_mut().filter(|last| last.name == region) {
            Some(last) => last.zones.push(zone),
            None => regions.push(Region { name: region, zones: vec![zone] }),
        }
    }
    regions
});

impl WishForm {
    /// As somebody filled it in, or as an address fills it in before.
    pub fn filled(fields: &Fields) -> Self {
        // What comes back into the page is what is read: nothing invisible, nothing that turns its surroundings.
        let [address, query, zone] = ["address", "query", "zone"].map(|name| clean(fields.get(name)));
        Self {
            address,
            weekly: MailRhythm::named(fields.get("every")) == Some(MailRhythm::Weekly),
            query,
            zone: if zone.is_empty() { "UTC".to_owned() } else { zone },
            ..Self::default()
        }
    }

    /// With what a subscriber has.
    pub fn of(wish: &MailWish) -> Self {
        Self {
            weekly: wish.rhythm == MailRhythm::Weekly,
            query: wish.query.clone().unwrap_or_default(),
            zone: wish.zone.clone(),
            ..Self::default()
        }
    }

    /// What is wished; `None` leaves the faults in the form.
    pub fn wish(&mut self) -> Option<MailWish> {
        let query = if self.query.is_empty() { None } else { self.read_query() };
        let zone = schedule::zone(&self.zone);
        if zone.is_none() {
            "This is no time zone: choose one from the list.".clone_into(&mut self.zone_fault);
        }
        // As the database of zones writes it: `Europe/Berlin`.
        zone.as_ref().and_then(|zone| zone.iana_name()).unwrap_or("UTC").clone_into(&mut self.zone);
        let rhythm = if self.weekly { MailRhythm::Weekly } else { MailRhythm::Daily };
        (!self.has_faults()).then(|| MailWish { rhythm, query, zone: self.zone.clone() })
    }

    fn read_query(&mut self) -> Option<String> {
        match Query::for_subscription(&self.query) {
            Ok(query) => Some(query.to_string()),
            Err(error) => {
                let pointed = error.pointed();
                self.query_place = pointed.lines().take(2).collect::<Vec<_>>().join("\n");
                self.query_fault = error.message;
                None
            }
        }
    }

    /// Where to, and what; `None` leaves the faults in the form.
    pub fn address_and_wish(&mut self) -> Option<(MailAddress, MailWish)> {
        let address = self.address.parse();
        if let Err(error) = &address {
            let error: &MailAddressError = error;
            self.address_fault = sentence(&error.to_string());
        }
        let wish = self.wish();
        Some((address.ok()?, wish?))
    }

    /// True when something in it cannot be used.
    pub fn has_faults(&self) -> bool {
        [&self.address_fault, &self.query_fault, &self.zone_fault].iter().any(|fault| !fault.is_empty())
    }

    /// The zones to choose from.
    #[expect(clippy::unused_self, reason = "the templates ask the form")]
    pub fn regions(&self) -> &'static [Region] {
        &REGIONS
    }
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut rest = clause.chars();
    let first = rest.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> WishForm {
        WishForm::filled(&Fields::of_address(Some(text)))
    }

    #[test]
    fn a_form_without_a_query_asks_for_what_trends() {
        let mut filled = form("address=ada%40example.org&every=weekly&zone=europe/berlin&query=+");
        let (address, wish) = filled.address_and_wish().unwrap();
        assert_eq!(address.whole(), "ada@example.org");
        assert_eq!(
            (wish.rhythm, wish.query, wish.zone.as_str()),
            (MailRhythm::Weekly, None, "Europe/Berlin")
        );
    }

    #[test]
    fn every_fault_is_told_beside_its_field_with_the_parsers_words() {
        let mut filled = form("address=ada&query=robots+(&zone=Mars/Olympus");
        assert!(filled.address_and_wish().is_none() && filled.has_faults());
        assert!(filled.address_fault.contains("name@example.org"));
        assert!(
            filled.query_place.contains('^') && filled.query_place.starts_with("robots ("),
            "{}",
            filled.query_fault
        );
        assert!(filled.zone_fault.contains("choose one"));
        assert!(form("query=after:2026-01-01").wish().is_none(), "a subscription has no dates");
    }

    #[test]
    fn zones_stand_under_their_part_of_the_world_once() {
        let names: Vec<_> = REGIONS.iter().map(|region| region.name).collect();
        assert!(names.is_sorted() && names.contains(&"Europe"), "{names:?}");
        let america = REGIONS.iter().find(|region| region.name == "America").unwrap();
        assert!(america.zones.iter().any(|zone| zone.place == "Argentina, Buenos Aires"));
    }
}
