//! `paperwire sources check-url` as an operator types it, and proxies that nobody asked for.

use serde_json::Value;
use tokio::process::Command;

use super::super::TODAY;
use super::Canary;
use crate::worlds::hub::{Hub, paper};

/// Runs the binary; the code it ends with and what it prints.
async fn run(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let kept = std::env::vars().filter(|(name, _)| !name.starts_with("PAPERWIRE__"));
    let output = Command::new(env!("CARGO_BIN_EXE_paperwire"))
        .env_clear()
        .envs(kept)
        .env("PAPERWIRE__DATA_DIR", folder.path())
        .env("PAPERWIRE__SOURCES__ARXIV__ENABLED", "false")
        .envs(variables.iter().copied())
        .args(arguments)
        .output()
        .await
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

async fn check(url: &str, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    run(&["sources", "check-url", url], variables).await
}

#[tokio::test]
async fn an_address_is_judged_in_words() {
    let allowed = "allowed: https://example.org/feed\n".to_owned();
    assert_eq!(check("https://Example.org/feed", &[]).await, (Some(0), allowed));
    let refused = "refused: it leads to this machine (loopback), not to the public internet\n\
                   If you run this host, name it in sources.allow, as in [\"feeds.lan:8080\"].\n";
    assert_eq!(check("http://0x7f.1:8020/", &[]).await, (Some(1), refused.to_owned()));
    let refused = "refused: only http and https addresses are\n";
    assert_eq!(check("file:///etc/passwd", &[]).await, (Some(1), refused.to_owned()));
}

#[tokio::test]
async fn a_permission_in_the_configuration_counts() {
    let allow = [("PAPERWIRE__SOURCES__ALLOW", "127.0.0.1:8020, *:8443")];
    let allowed = "allowed by sources.allow: http://127.0.0.1:8020/\n".to_owned();
    assert_eq!(check("http://127.1:8020/", &allow).await, (Some(0), allowed));
    assert_eq!(check("https://example.org:8443/", &allow).await.0, Some(0));
    assert_eq!(check("http://127.0.0.1:8021/", &allow).await.0, Some(1));
    let (code, said) = check("https://example.org/", &[("PAPERWIRE__SOURCES__ALLOW", "https://x")]).await;
    assert_eq!(code, Some(2));
    assert!(said.contains("sources.allow") && said.contains("each entry must be a host"), "{said}");
}

#[tokio::test]
async fn programs_get_one_line_of_json() {
    let (code, said) = run(&["sources", "check-url", "--json", "--resolve", "https://8.8.8.8/"], &[]).await;
    let row: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &row["allowed"], &row["reason"]), (Some(0), &Value::Bool(true), &Value::Null));
    assert_eq!(row["addresses"], serde_json::json!(["8.8.8.8"]));
    let (code, said) = run(&["sources", "check-url", "--json", "http://[::1]/"], &[]).await;
    let row: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &row["allowed"], row.get("addresses")), (Some(1), &Value::Bool(false), None));
    assert_eq!(row["reason"], "it leads to this machine (loopback), not to the public internet");
}

#[tokio::test]
async fn checking_connects_to_nothing() {
    let canary = Canary::start();
    let host = format!("127.0.0.1:{}", canary.port());
    let (code, _) = check(&format!("http://{host}/"), &[("PAPERWIRE__SOURCES__ALLOW", &host)]).await;
    assert_eq!((code, canary.connections()), (Some(0), 0));
}

#[tokio::test]
async fn a_proxy_in_the_environment_is_not_used() {
    let (hub, canary) = (Hub::start(TODAY).await, Canary::start());
    hub.list(TODAY, [paper("2608.00001")]);
    let (base, proxy) = (hub.base_url(), format!("http://127.0.0.1:{}", canary.port()));
    let mut variables = vec![("PAPERWIRE__SOURCES__HUGGINGFACE__BASE_URL", base.as_str()), ("NO_PROXY", "")];
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        variables.push((name, &proxy));
    }
    let day = TODAY.to_string();
    let (code, said) = run(&["poll", "--from", &day, "--to", &day], &variables).await;
    assert_eq!((code, canary.connections()), (Some(0), 0), "{said}");
    assert!(!hub.asked().is_empty());
}
