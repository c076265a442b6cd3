//! Sets up the log: one event is one line on standard error, whatever a paper's title holds.
//!
//! Standard output belongs to what a command prints. The message comes first and the fields after it; both come
//! partly from outside, so no control character of theirs reaches the terminal.

mod apart;

use std::fmt::{self, Write};
use std::io::IsTerminal;

use tracing::Subscriber;
use tracing::field::Field;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::util::SubscriberInitExt;

pub use apart::Apart;

/// Libraries that log each step at `info` or their arguments, tokens among them, at `debug`.
const QUIET: &str = "serenity=warn,slack_morphism=warn,hyper=warn,hyper_util=warn,h2=warn,reqwest=warn,\
                     rustls=warn,sqlx=warn,tower=warn";

/// The log cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter cannot be read.
    #[error(
        "“{filter}” is not a log filter: use error, warn, info, debug or trace, or parts with a level: {cause}"
    )]
    Filter {
        /// What was given.
        filter: String,
        /// What is wrong with it.
        cause: String,
    },
    /// Something else has set up a log in this process.
    #[error("the log is already set up")]
    Twice,
}

/// Sets up the log of this process, as text for people or as JSON for programs.
pub fn init(filter: &str, json: bool) -> Result<(), TelemetryError> {
    let colours = std::io::stderr().is_terminal()
        && anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    let subscriber = subscriber(filter, json, colours, std::io::stderr)?;
    subscriber.try_init().map_err(|_| TelemetryError::Twice)
}

/// Sets up the log of a process that works on: its lines are written apart, so that nothing waits for who reads them.
///
/// What is returned waits for the last lines when it is dropped, but not for long.
pub fn init_apart(filter: &str, json: bool) -> Result<Apart, TelemetryError> {
    let colours = std::io::stderr().is_terminal()
        && anstream::AutoStream::choice(&std::io::stderr()) != anstream::ColorChoice::Never;
    let (apart, lines) = Apart::start(std::io::stderr());
    let subscriber = subscriber(filter, json, colours, move || lines.clone())?;
    subscriber.try_init().map_err(|_| TelemetryError::Twice)?;
    Ok(apart)
}

fn subscriber<W>(
    filter: &str,
    json: bool,
    colours: bool,
    writer: W,
) -> Result<Box<dyn Subscriber + Send + Sync>, TelemetryError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // A directive of the operator's own replaces ours of the same target.
    let filter = EnvFilter::builder()
        .parse(format!("{QUIET},{filter}"))
        .map_err(|error| TelemetryError::Filter { filter: filter.to_owned(), cause: error.to_string() })?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(colours);
    Ok(if json {
        Box::new(builder.json().flatten_event(true).with_current_span(false).finish())
    } else {
        Box::new(builder.fmt_fields(debug_fn(write_field)).finish())
    })
}

fn write_field(writer: &mut Writer<'_>, field: &Field, value: &dyn fmt::Debug) -> fmt::Result {
    match field.name() {
        "message" => write!(OneLine(writer), "{value:?}"),
        // What the bridge from the `log` crate adds repeats the event's own target and place.
        name if name.starts_with("log.") => Ok(()),
        name => {
            write!(writer, " {name}=")?;
            write!(OneLine(writer), "{value:?}")
        }
    }
}

/// Writes text with everything spelt out that moves the cursor, ends the line or turns the reading direction.
struct OneLine<'a, 'w>(&'a mut Writer<'w>);

impl Write for OneLine<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| {
            if c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}') {
                write!(self.0, "{}", c.escape_default())
            } else {
                self.0.write_char(c)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing::{debug, info, warn};

    use super::*;

    /// Collects what is logged.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(filter: &str, json: bool, log: impl FnOnce()) -> String {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = subscriber(filter, json, false, move || writer.clone()).unwrap();
        tracing::subscriber::with_default(subscriber, log);
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn the_message_comes_first_and_reads_alone() {
        let text = logged("info", false, || info!(paper.id = %"2608.00001", votes = 3, "Stored a paper"));
        assert!(
            text.ends_with("paperwire::telemetry::tests: Stored a paper paper.id=2608.00001 votes=3\n"),
            "{text}"
        );
    }

    #[test]
    fn what_comes_from_outside_stays_on_its_line() {
        let title = "a\r\n2026 ERROR forged \u{1b}[2Jb\u{9b}1m\u{202e}c\td";
        let text = logged("info", false, || info!(title = %title, quoted = title, "Stored {title}"));
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(!text.trim_end().contains(|c: char| c.is_control() || c == '\u{202e}'), "{text:?}");
        assert!(text.contains(r"Stored a\r\n2026 ERROR forged \u{1b}[2Jb\u{9b}1m\u{202e}c\td"), "{text}");
        let json = logged("info", true, || info!(title = %title, "Stored {title}"));
        assert_eq!(json.lines().count(), 1, "{json}");
        let event: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(event["message"], format!("Stored {title}"));
        assert_eq!((&event["title"], &event["level"]), (&title.into(), &"INFO".into()));
    }

    #[test]
    fn libraries_keep_quiet_unless_they_are_named() {
        let library = || {
            info!(target: "serenity::http", "chatter");
            warn!(target: "serenity::http", "trouble");
            debug!("own step");
        };
        let text = logged("debug", false, library);
        assert!(!text.contains("chatter") && text.contains("trouble") && text.contains("own step"), "{text}");
        let text = logged("warn,serenity=info", false, library);
        assert!(text.contains("chatter") && !text.contains("own step"), "{text}");
    }

    #[test]
    fn a_bad_filter_is_an_error_that_says_what_is_allowed() {
        let error = init("paperwire=loud", false).expect_err("no level is called loud").to_string();
        assert!(error.contains("“paperwire=loud” is not a log filter: use error, warn"), "{error}");
    }
}
