//! Where Paperwire keeps what it keeps: the data folder and the store's URL.

use std::path::{Path, PathBuf};

use figment::value::Value;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::layers::Origin;
use super::reader::Reader;
use super::redact::holds_password;
use super::value::text;

/// Where papers, subscriptions and the outbox are kept.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// `sqlite://PATH` or `postgres://…`; it may hold a password.
    pub url: SecretString,
}

/// Reads the data folder; without a setting it is `$XDG_DATA_HOME/paperwire` where that is set.
pub(super) fn data_dir(reader: &mut Reader) -> PathBuf {
    if let Some(xdg) = xdg_data_home(reader) {
        return xdg.join("paperwire");
    }
    let before = reader.faults.len();
    let given = reader.path("data_dir");
    if given.is_none() && reader.faults.len() == before {
        reader.fault("data_dir", Some("\"\""), "must be a folder".to_owned());
    }
    given.unwrap_or_default()
}

/// `$XDG_DATA_HOME` where it decides the data folder; its specification has a relative one ignored.
pub(super) fn xdg_data_home(reader: &Reader) -> Option<&Path> {
    let unset = reader.layers.origin("data_dir") == Origin::Default;
    let xdg = reader.variable("XDG_DATA_HOME").map(Path::new);
    xdg.filter(|path| unset && path.is_absolute())
}

impl StoreConfig {
    /// Reads the store's URL; like every secret it stays out of configuration files once it holds a password.
    pub(super) fn read(reader: &mut Reader, data_dir: &Path) -> Self {
        let in_file = matches!(reader.layers.origin("store.url"), Origin::File(_));
        let given = match reader.layers.value("store.url") {
            Value::String(_, url) if in_file && !url.trim().is_empty() && !holds_password(&url) => {
                if reader.path("store.url_file").is_some() {
                    reader.refuse_both("store.url", "store.url_file");
                }
                Some(SecretString::from(url.trim()))
            }
            Value::String(..) => reader.secret("store.url", |c| !c.is_control()),
            _ => Some(reader.read("store.url", text).into()),
        };
        let Some(url) = given.filter(|url| !url.expose_secret().is_empty()) else {
            return Self { url: sqlite_in(data_dir).into() };
        };
        if !is_store_url(url.expose_secret()) {
            let problem = "must be sqlite:///path/to/file.db or postgres://user@host/name".to_owned();
            reader.fault("store.url", None, problem);
        }
        Self { url }
    }
}

fn sqlite_in(data_dir: &Path) -> String {
    format!("sqlite://{}", data_dir.join("paperwire.db").display())
}

fn is_store_url(url: &str) -> bool {
    match url.split_once("://") {
        // The path is taken as it stands; options and databases in memory are not supported.
        Some(("sqlite", path)) => !path.is_empty() && !path.starts_with(':') && !path.contains('?'),
        Some(("postgres" | "postgresql", _)) => Url::parse(url).is_ok(),
        _ => false,
    }
}
