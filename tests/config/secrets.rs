//! Secrets come in by two ways only, and never come out.

use secrecy::ExposeSecret;

use super::{load, load_text, write};

const CANARY: &str = "canary-7f3a";

#[test]
fn a_secret_comes_from_the_environment_or_from_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(&folder, "token", "xoxb-1\r\n");
    let config = load(
        None,
        &[
            ("PAPERWIRE__DISCORD__TOKEN", "abc.def"),
            ("PAPERWIRE__SLACK__BOT_TOKEN_FILE", file.to_str().unwrap()),
            ("PAPERWIRE__SLACK__APP_TOKEN", ""),
        ],
    )
    .unwrap();
    assert_eq!(config.discord.token.as_ref().unwrap().expose_secret(), "abc.def");
    assert_eq!(config.slack.bot_token.as_ref().unwrap().expose_secret(), "xoxb-1");
    assert!(config.slack.app_token.is_none(), "an empty secret is unset");
    assert!(config.effective().contains("bot_token = \"<redacted>\"  # from slack.bot_token_file"));
}

#[test]
fn a_configuration_file_may_name_the_file_of_a_secret() {
    let secrets = tempfile::tempdir().unwrap();
    let file = write(&secrets, "url", "postgres://app:pw@db/papers\n");
    let (_folder, config) = load_text(&format!("[store]\nurl_file = {:?}\n", file.to_str().unwrap()), &[]);
    let config = config.unwrap();
    assert_eq!(config.store.url.expose_secret(), "postgres://app:pw@db/papers");
    assert!(
        config.effective().contains("url = \"postgres://app:<redacted>@db/papers\"  # from store.url_file")
    );
}

#[test]
fn a_secret_in_a_configuration_file_is_refused_with_the_two_ways() {
    for text in [
        format!("[discord]\ntoken = \"{CANARY}\""),
        "[slack]\nsigning_secret = 5".to_owned(),
        format!("[store]\nurl = \"postgres://app:{CANARY}@db/papers\""),
    ] {
        let (_folder, config) = load_text(&text, &[]);
        let error = config.unwrap_err().to_string();
        assert!(error.contains("does not belong into a configuration file"), "{error}");
        assert!(error.contains("PAPERWIRE__") && error.contains("_file"), "{error}");
        assert!(!error.contains(CANARY), "{error}");
    }
    let (_folder, config) = load_text("[store]\nurl = \"postgres://app@db/papers\"", &[]);
    assert_eq!(config.unwrap().store.url.expose_secret(), "postgres://app@db/papers");
}

#[test]
fn a_secret_that_is_given_twice_cannot_be_read_or_is_no_token_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(&folder, "token", CANARY);
    let error = |variables: &[(&str, &str)]| load(None, variables).unwrap_err().to_string();
    let twice =
        [("PAPERWIRE__DISCORD__TOKEN", CANARY), ("PAPERWIRE__DISCORD__TOKEN_FILE", file.to_str().unwrap())];
    assert!(error(&twice).contains("keep one of the two"), "{}", error(&twice));
    let missing = [("PAPERWIRE__SLACK__APP_TOKEN_FILE", "/no/such/file")];
    assert!(error(&missing).contains("slack.app_token cannot be read"), "{}", error(&missing));
    let broken = [("PAPERWIRE__DISCORD__TOKEN", "canary-7f3a\nX-Evil: 1")];
    assert!(
        error(&broken).contains("give it alone") && !error(&broken).contains(CANARY),
        "{}",
        error(&broken)
    );
}

#[test]
fn no_secret_shows_in_debug_output_in_the_effective_configuration_or_in_errors() {
    let url = format!("postgres://app:{CANARY}/@{CANARY}@db/papers?sslpassword={CANARY}");
    let mut variables = vec![
        ("PAPERWIRE__DISCORD__TOKEN", CANARY),
        ("PAPERWIRE__SLACK__BOT_TOKEN", CANARY),
        ("PAPERWIRE__SLACK__APP_TOKEN", CANARY),
        ("PAPERWIRE__SLACK__SIGNING_SECRET", CANARY),
        ("PAPERWIRE__STORE__URL", "postgres://app:canary-7f3a@db/papers"),
    ];
    let config = load(None, &variables).unwrap();
    assert_eq!(config.discord.token.as_ref().unwrap().expose_secret(), CANARY);
    for shown in [format!("{config:?}"), format!("{config:#?}"), config.effective()] {
        assert!(!shown.contains(CANARY), "{shown}");
    }
    variables.push(("PAPERWIRE__SLACK__API_BASE", "https://canary-7f3a@slack.com"));
    variables.push(("PAPERWIRE__DISCORD__TOKNE", CANARY));
    variables.push(("PAPERWIRE__STORE__URL", &url));
    let error = load(None, &variables).unwrap_err();
    assert!(!format!("{error} {error:?}").contains(CANARY), "{error}");
    let (_folder, config) = load_text(&format!("[discord]\ntoken = {CANARY}\n"), &[]);
    let error = config.unwrap_err();
    assert!(error.to_string().contains("line 2 is not TOML"), "{error}");
    assert!(!format!("{error} {error:?}").contains(CANARY), "{error}");
}
