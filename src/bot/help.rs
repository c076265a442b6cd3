//! `help`.

use crate::chat::{Answer, Asker};
use crate::command::Spec;
use crate::message::replies::help;

pub(super) fn answer(asker: &Asker, about: Option<&'static Spec>) -> Answer {
    let reply = match about {
        Some(spec) => help::command(spec, asker.platform),
        None => help::overview(asker.platform),
    };
    Answer::Reply { reply }
}
