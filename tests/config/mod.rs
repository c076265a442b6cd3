//! What an operator can set, and what is said when a setting is wrong.

mod faults;
mod secrets;

use std::path::{Path, PathBuf};
use std::time::Duration;

use paperwire::config::{Config, ConfigError, DiscordMode, LogFormat};
use secrecy::ExposeSecret;

/// Loads with the given variables and a home folder.
fn load(file: Option<&Path>, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let home = [("HOME", "/home/ada")];
    let all = home.iter().chain(variables).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::load(file, all)
}

/// Loads a file with this content; the folder is given back because it goes away with its handle.
fn load_text(text: &str, variables: &[(&str, &str)]) -> (tempfile::TempDir, Result<Config, ConfigError>) {
    let folder = tempfile::tempdir().unwrap();
    let path = write(&folder, "paperwire.toml", text);
    let config = load(Some(&path), variables);
    (folder, config)
}

fn write(folder: &tempfile::TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn nothing_set_at_all_is_a_working_configuration() {
    let config = load(None, &[]).unwrap();
    assert_eq!(config.data_dir, Path::new("/home/ada/.local/share/paperwire"));
    assert_eq!(config.store.url.expose_secret(), "sqlite:///home/ada/.local/share/paperwire/paperwire.db");
    assert_eq!(config.web.listen.unwrap().to_string(), "127.0.0.1:8010");
    assert_eq!(config.web.public_url, None);
    assert_eq!((config.log.filter.as_str(), config.log.format), ("info", LogFormat::Text));
    let source = &config.sources.huggingface;
    assert_eq!((source.enabled, source.backlog_days, source.reread_days), (true, 0, 7));
    assert_eq!(
        (source.base_url.as_str(), source.interval),
        ("https://huggingface.co/", Duration::from_mins(10))
    );
    let policy = config.delivery.retry_policy();
    assert_eq!(
        policy.schedule.iter().map(Duration::as_secs).collect::<Vec<_>>(),
        [5, 30, 120, 600, 1800, 7200, 18000]
    );
    assert_eq!((policy.max_wait, policy.nonce_window), (Duration::from_hours(6), Duration::from_mins(2)));
    assert!(config.discord.token.is_none() && config.slack.bot_token.is_none());
}

#[test]
fn the_sample_file_changes_nothing() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/paperwire.toml");
    assert_eq!(load(Some(&sample), &[]).unwrap().effective(), load(None, &[]).unwrap().effective());
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_defaults() {
    let text = "contact = \"ada@example.org\"\n[discord]\nmode = \"http\"\n[delivery]\nconcurrency = 4\n";
    let (_folder, config) = load_text(
        text,
        &[
            ("PAPERWIRE__DELIVERY__CONCURRENCY", "2"),
            ("PAPERWIRE__SOURCES__HUGGINGFACE__BASE_URL", "http://127.0.0.1:8020"),
            ("PAPERWIRE__SOURCES__HUGGINGFACE__ENABLED", "false"),
            ("PAPERWIRE__DELIVERY__RETRY", "1s, 2s"),
            ("PAPERWIRE__WEB__LISTEN", ""),
            ("PAPERWIRE__DISCORD__APPLICATION_ID", "1234567890123456789"),
        ],
    );
    let config = config.unwrap();
    assert_eq!(config.contact, "ada@example.org");
    assert_eq!(config.discord.mode, DiscordMode::Http);
    assert_eq!(config.delivery.concurrency, 2);
    assert_eq!(config.sources.huggingface.base_url.as_str(), "http://127.0.0.1:8020/");
    assert!(!config.sources.huggingface.enabled);
    assert_eq!(config.delivery.retry, [1, 2].map(Duration::from_secs));
    assert_eq!(config.web.listen, None);
    assert_eq!(config.discord.application_id, Some(1_234_567_890_123_456_789));
}

#[test]
fn the_file_is_the_argument_or_else_the_one_that_the_environment_names() {
    let folder = tempfile::tempdir().unwrap();
    let named = write(&folder, "named.toml", "contact = \"named\"");
    let argument = write(&folder, "argument.toml", "contact = \"argument\"");
    let variables = [("PAPERWIRE_CONFIG", named.to_str().unwrap())];
    assert_eq!(load(None, &variables).unwrap().contact, "named");
    assert_eq!(load(Some(&argument), &variables).unwrap().contact, "argument");
    assert_eq!(load(None, &[("PAPERWIRE_CONFIG", "")]).unwrap().contact, "");
}

#[test]
fn the_data_folder_follows_the_setting_then_xdg_then_home() {
    let folder = |variables: &[(&str, &str)]| load(None, variables).unwrap().data_dir;
    let xdg = ("XDG_DATA_HOME", "/srv/xdg");
    assert_eq!(folder(&[xdg]), Path::new("/srv/xdg/paperwire"));
    assert_eq!(folder(&[xdg, ("PAPERWIRE__DATA_DIR", "~/papers")]), Path::new("/home/ada/papers"));
    assert_eq!(folder(&[("XDG_DATA_HOME", "relative")]), Path::new("/home/ada/.local/share/paperwire"));
    let homeless =
        |name: &str, value: &str| Config::load(None, [(name.to_owned(), value.to_owned())].into_iter());
    let error = homeless("SHELL", "/bin/sh").unwrap_err().to_string();
    assert!(error.contains("HOME is not set") && error.contains("PAPERWIRE__DATA_DIR"), "{error}");
    assert_eq!(homeless("PAPERWIRE__DATA_DIR", "/data").unwrap().data_dir, Path::new("/data"));
}

#[test]
fn the_effective_configuration_says_where_each_changed_value_comes_from() {
    let text = "contact = \"ada@example.org\"\n[log]\nformat = \"text\"\n[delivery]\nretry = [\"1s\"]\n";
    let (folder, config) = load_text(
        text,
        &[("PAPERWIRE__SOURCES__HUGGINGFACE__INTERVAL", "1h"), ("PAPERWIRE__DISCORD__TOKEN", "canary")],
    );
    let effective = config.unwrap().effective();
    let file = folder.path().join("paperwire.toml");
    let line = |name: &str| effective.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert_eq!(line("contact"), format!("contact = \"ada@example.org\"  # from {}", file.display()));
    assert_eq!(line("retry"), format!("retry = [\"1s\"]  # from {}", file.display()));
    assert_eq!(line("interval"), "interval = \"1h\"  # from PAPERWIRE__SOURCES__HUGGINGFACE__INTERVAL");
    assert_eq!(line("token ="), "token = \"<redacted>\"  # from PAPERWIRE__DISCORD__TOKEN");
    assert_eq!(line("bot_token ="), "bot_token = \"\"");
    assert_eq!(line("format"), "format = \"text\"");
    assert_eq!(line("data_dir"), "data_dir = \"/home/ada/.local/share/paperwire\"");
    let xdg = load(None, &[("XDG_DATA_HOME", "/srv")]).unwrap().effective();
    assert!(xdg.starts_with("data_dir = \"/srv/paperwire\"  # from XDG_DATA_HOME\n"), "{xdg}");
}

#[test]
fn the_effective_configuration_is_toml_with_every_setting() {
    use figment::providers::{Format, Toml};
    let effective = load(None, &[]).unwrap().effective();
    let keys = |text: &str| {
        let dict: figment::value::Dict = Toml::from_str(text).unwrap();
        let mut keys: Vec<String> = Vec::new();
        let mut rest: Vec<(String, figment::value::Value)> = dict.into_iter().collect();
        while let Some((key, value)) = rest.pop() {
            match value.into_dict() {
                Some(inner) => {
                    rest.extend(inner.into_iter().map(|(name, value)| (format!("{key}.{name}"), value)));
                }
                None => keys.push(key),
            }
        }
        keys.sort();
        keys
    };
    assert_eq!(keys(&effective), keys(include_str!("../../config/paperwire.toml")));
}

#[test]
fn who_may_manage_slack_channels_is_a_word_or_a_list_of_people() {
    use paperwire::config::SlackManagers;
    let given = |value: &str| load(None, &[("PAPERWIRE__SLACK__MANAGERS", value)]);
    assert_eq!(given("admins").unwrap().slack.managers, SlackManagers::Admins);
    let people = SlackManagers::Users(vec!["U012AB3CD".to_owned(), "W1".to_owned()]);
    assert_eq!(given("U012AB3CD, W1").unwrap().slack.managers, people);
    assert_eq!(given(r#"["U012AB3CD", "W1"]"#).unwrap().slack.managers, people);
    let (_folder, listed) = load_text("[slack]\nmanagers = [\"U012AB3CD\", \"W1\"]\n", &[]);
    assert_eq!(listed.unwrap().slack.managers, people);
    for wrong in ["everybody", "[]", r#"["@ada"]"#, r#"["C012"]"#, "7"] {
        let error = given(wrong).unwrap_err().to_string();
        assert!(error.contains("slack.managers") || error.contains("SLACK__MANAGERS"), "{error}");
        assert!(error.contains("\"members\", \"admins\" or a list"), "{error}");
    }
}
