//! A wrong setting is told with its place, its key, its value and what is allowed.

use std::path::Path;

use super::{load, load_text};

/// What is said of a configuration file with this content, its path left out.
fn said(text: &str) -> String {
    let (folder, config) = load_text(text, &[]);
    let error = config.expect_err(text).to_string();
    let path = folder.path().join("paperwire.toml").display().to_string();
    assert!(error.contains(&path), "the file is named: {error}");
    error.replace(&path, "FILE").replace("the configuration cannot be used: ", "")
}

#[test]
fn a_value_that_does_not_fit_is_told_with_what_is_allowed() {
    for (text, expected) in [
        ("[discord]\nmode = \"gatway\"", "FILE: discord.mode = \"gatway\": must be \"gateway\" or \"http\""),
        ("[sources.huggingface]\nenabled = \"yes\"", "enabled = \"yes\": must be true or false"),
        ("[sources.huggingface]\nreread_days = -1", "reread_days = -1: must be a whole number from 0 to 60"),
        ("[sources.huggingface]\nbacklog_days = 1.5", "backlog_days = 1.5: must be a whole number"),
        ("[sources.huggingface]\ninterval = \"10\"", "interval = \"10\": must be a time with its unit"),
        ("[sources.huggingface]\ninterval = 600", "interval = 600: must be a time with its unit"),
        ("[delivery]\nnonce_window = \"10m\"", "nonce_window = \"10m\": must be a time with its unit"),
        ("[delivery]\nretry = []", "delivery.retry = []: must be a list of times"),
        ("[delivery]\nretry = [\"5s\", \"-1s\"]", "retry = [\"5s\", \"-1s\"]: each entry must be a time"),
        ("[delivery]\nlease = \"10s\"", "delivery.lease: must be longer than discord.timeout, which is 15s"),
        ("[web]\nlisten = \"8010\"", "web.listen = \"8010\": must be an address and a port (127.0.0.1:8010"),
        ("[web]\nlisten = 8010", "web.listen = 8010: must be a text in quotes"),
        ("[web]\npublic_url = \"papers.example.org\"", "must be a web address such as https://example.org"),
        (
            "[slack]\napi_base = \"http://slack.com/api\"",
            "must begin with https:// (http:// is allowed for this",
        ),
        ("[slack]\napi_base = \"http://127.0.0.1.evil.org\"", "must begin with https://"),
        ("[slack]\napi_base = \"file:///etc/passwd\"", "must begin with https://"),
        ("[slack]\napi_base = \"https://u:p@slack.com\"", "without a user name or password"),
        ("[discord]\napplication_id = \"my bot\"", "must be the application's id, digits only"),
        ("[discord]\npublic_key = \"abc\"", "must be 64 hexadecimal digits"),
        (
            "[store]\nurl = \"mysql://db/papers\"",
            "must be sqlite:///path/to/file.db or postgres://user@host/name",
        ),
        ("[store]\nurl = \"sqlite://:memory:\"", "must be sqlite:///path/to/file.db"),
        ("[store]\nurl = \"sqlite:///x.db?mode=ro\"", "must be sqlite:///path/to/file.db"),
        ("[log]\nfilter = \"paperwire=loud\"", "log.filter = \"paperwire=loud\": must be error, warn, info"),
        ("contact = \"a\\nb\"", "contact = \"a\\u000Ab\": must be at most 200 plain ASCII characters"),
        ("data_dir = \"\"", "data_dir = \"\": must be a folder"),
    ] {
        let error = said(text);
        assert!(error.contains(expected), "{text}\nsays: {error}\nlacks: {expected}");
    }
}

#[test]
fn http_is_allowed_to_this_machine_only() {
    for base in [
        "http://127.0.0.1:1",
        "http://127.8.9.1",
        "http://[::1]:80",
        "http://localhost:8020",
        "https://x.org",
    ] {
        let config = load(None, &[("PAPERWIRE__DISCORD__API_BASE", base)]);
        assert!(config.is_ok(), "{base}: {config:?}");
    }
}

#[test]
fn an_unknown_setting_is_refused_with_the_one_that_was_probably_meant() {
    let error = said("[discord]\ntokn_file = \"x\"");
    assert_eq!(error, "FILE: discord.tokn_file: no such setting; did you mean “discord.token_file”?");
    assert_eq!(said("[dicsord]\nmode = \"http\""), "FILE: dicsord: no such setting; did you mean “discord”?");
    assert_eq!(
        said("[web]\ncolour = 1"),
        "FILE: web.colour: no such setting; allowed here: web.listen, web.public_url, web.subscribe, web.trusted_proxies"
    );
    assert_eq!(said("discord = 1"), "FILE: discord: is a section: write it as [discord]");
    assert_eq!(
        said("[sources]\nhuggingface = 1"),
        "FILE: sources.huggingface: is a section: write it as [sources.huggingface]"
    );
    assert_eq!(said("[contact]\nx = 1"), "FILE: contact: is a setting and takes a value, not a section");
}

#[test]
fn an_unknown_variable_is_refused_with_the_one_that_was_probably_meant() {
    let said = |name: &str| {
        let error = load(None, &[(name, "x")]).expect_err(name).to_string();
        error.replace("the configuration cannot be used: ", "")
    };
    let meant = "no such setting; did you mean “PAPERWIRE__DISCORD__TOKEN”?";
    assert_eq!(said("PAPERWIRE__DISCORD__TOKN"), format!("PAPERWIRE__DISCORD__TOKN: {meant}"));
    assert_eq!(said("PAPERWIRE_DISCORD_TOKEN"), format!("PAPERWIRE_DISCORD_TOKEN: {meant}"));
    assert!(said("PAPERWIRE__KITCHEN").contains("config/paperwire.toml lists them all"));
    assert!(load(None, &[("PAPERWIRE_RECORDED", "/x"), ("PATH", "/bin")]).is_ok());
}

#[test]
fn a_wrong_variable_is_told_by_its_name() {
    let error = load(None, &[("PAPERWIRE__WEB__LISTEN", "localhost")]).unwrap_err().to_string();
    assert!(
        error.contains("PAPERWIRE__WEB__LISTEN: web.listen = \"localhost\": must be an address"),
        "{error}"
    );
}

#[test]
fn all_faults_are_told_at_once() {
    let text = "colour = 1\n[web]\nlisten = \"x\"\n[discord]\ntoken = \"t\"\n";
    let (_folder, config) = load_text(text, &[("PAPERWIRE__LOG__FORMAT", "xml")]);
    let error = config.unwrap_err();
    let keys: Vec<&str> = error.faults.iter().map(|fault| fault.key.as_str()).collect();
    assert_eq!(keys, ["colour", "web.listen", "log.format", "discord.token"]);
    assert_eq!(error.to_string().lines().count(), 5);
}

#[test]
fn a_file_that_is_missing_or_is_not_toml_is_told_with_its_name_and_line() {
    let error = load(Some(Path::new("/no/such/paperwire.toml")), &[]).unwrap_err().to_string();
    assert!(error.contains("/no/such/paperwire.toml: the configuration file cannot be read"), "{error}");
    let error = said("contact = \"x\"\n\n[web\n");
    assert!(error.starts_with("FILE: line 3 is not TOML: "), "{error}");
}
