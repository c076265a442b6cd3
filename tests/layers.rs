//! The architecture's table as a test: a module uses only what stands below it.
//!
//! The sources are read as tokens, so that comments, strings and test modules count for nothing, and every path
//! that begins with `crate` or climbs with `super` is resolved to the module it names.

mod paths;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use paths::Reference;

/// Lowest first; the second column is the one of the table in docs/architecture.md, word for word.
const LAYERS: [(&str, &str); 20] = [
    ("crash", "–"),
    ("text", "–"),
    ("domain", "text"),
    ("clock", "–"),
    ("telemetry", "–"),
    ("config", "domain"),
    ("matcher", "text, domain"),
    ("summary", "text, domain"),
    ("command", "domain"),
    ("message", "domain, command"),
    ("store", "domain"),
    ("search", "text, domain"),
    ("sources", "domain, clock"),
    ("chat", "domain, command, message"),
    ("signup", "domain, clock, message, store, chat"),
    ("bot", "domain, clock, command, message, matcher, summary, store, search, chat, signup"),
    ("pipeline", "domain, clock, message, matcher, summary, store, search, sources, chat"),
    ("web", "domain, clock, command, message, summary, store, search, chat, signup"),
    ("app", "all above"),
    ("cli", "app, config and what it needs"),
];

/// The folders under `chat` that only `app` may name.
const PLATFORMS: [&str; 4] = ["discord", "slack", "email", "sandbox"];

/// What each module may use.
fn allowed() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut above = BTreeSet::new();
    let mut table = BTreeMap::new();
    for (module, may_use) in LAYERS {
        let uses = match may_use {
            "–" => BTreeSet::new(),
            "all above" | "app, config and what it needs" => above.clone(),
            listed => listed.split(", ").collect(),
        };
        table.insert(module, uses);
        above.insert(module);
    }
    // `main` parses arguments and calls `cli`.
    table.insert("main", BTreeSet::from(["cli"]));
    table
}

/// Every breach of the table in one file, as `line: sentence`.
fn breaches(file: &str, source: &str) -> Vec<String> {
    let table = allowed();
    let own = paths::module_of(file);
    let Some(top) = own.first().map(String::as_str) else {
        return root_breaches(source);
    };
    let Some(uses) = table.get(top) else {
        return vec![format!(
            "1: the module “{top}” is not in the table of docs/architecture.md and tests/layers.rs"
        )];
    };
    let mut found = Vec::new();
    for Reference { line, path } in paths::references(&own, source, &PLATFORMS) {
        let Some(target) = path.first().map(String::as_str) else {
            found.push(format!("{line}: a path to the whole crate hides what is used: name the module"));
            continue;
        };
        if target != top && !uses.contains(target) {
            let list = uses.iter().copied().collect::<Vec<_>>().join(", ");
            let list = if list.is_empty() { "nothing" } else { &list };
            found.push(format!("{line}: “{top}” uses “{target}”; it may use {list}"));
        }
        let platform =
            path.get(1).map(String::as_str).filter(|name| PLATFORMS.contains(name) || *name == "*");
        let own_platform = (top == "chat").then(|| own.get(1).map(String::as_str)).flatten();
        if target == "chat"
            && let Some(platform) = platform
            && top != "app"
            && own_platform != Some(platform)
        {
            found.push(format!(
                "{line}: “{}” names “chat::{platform}”; only app names a platform",
                own.join("::")
            ));
        }
    }
    found
}

/// The crate's root only declares its modules; a re-export there would be a way around the table.
fn root_breaches(source: &str) -> Vec<String> {
    let uses = tokens::tokens(source).into_iter().filter(|token| token.text == "use");
    uses.map(|token| {
        format!("{}: src/lib.rs re-exports nothing: name the module where it is used", token.line)
    })
    .collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_module_uses_only_what_the_table_allows() {
    let mut files = Vec::new();
    rust_files(&root().join("src"), &mut files);
    let sources: Vec<(String, String)> = files
        .iter()
        .map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    let tests: BTreeSet<String> =
        sources.iter().flat_map(|(file, source)| paths::test_files(file, source)).collect();
    let found: Vec<String> = sources
        .iter()
        .filter(|(file, _)| !tests.iter().any(|test| file == test || file.starts_with(&format!("{test}/"))))
        .flat_map(|(file, source)| {
            breaches(file, source).into_iter().map(move |breach| format!("{file}:{breach}"))
        })
        .collect();
    assert!(found.is_empty(), "the layers are broken:\n  {}", found.join("\n  "));
}

#[test]
fn every_folder_under_chat_is_a_platform_in_the_list() {
    for entry in fs::read_dir(root().join("src/chat")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        assert!(
            !entry.path().is_dir() || PLATFORMS.contains(&name.as_str()),
            "src/chat/{name} is no known platform"
        );
    }
}

#[test]
fn the_table_in_the_architecture_document_is_this_one() {
    let document = fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let rows: Vec<(String, String)> = document
        .lines()
        .skip_while(|line| !line.starts_with("| module |"))
        .skip(2)
        .map_while(|line| line.strip_prefix("| `"))
        .map(|row| {
            let cells: Vec<&str> = row.trim_end().trim_end_matches('|').split(" | ").map(str::trim).collect();
            (cells[0].trim_end_matches('`').to_owned(), (*cells.last().unwrap()).to_owned())
        })
        .collect();
    let expected: Vec<(String, String)> =
        LAYERS.iter().map(|(module, uses)| ((*module).to_owned(), (*uses).to_owned())).collect();
    assert_eq!(rows, expected, "docs/architecture.md and tests/layers.rs say different things");
}

#[test]
fn the_table_only_points_down() {
    let mut above = BTreeSet::new();
    for (module, uses) in LAYERS.map(|(module, _)| (module, allowed()[module].clone())) {
        assert!(uses.is_subset(&above), "{module} uses {uses:?}, which is not below it");
        above.insert(module);
    }
}

/// What is found in a made-up file.
fn found(file: &str, source: &str) -> String {
    breaches(file, source).join("\n")
}

#[test]
fn a_breach_is_found_in_every_way_to_write_a_path() {
    let expected = "“store” uses “chat”; it may use domain";
    for source in [
        "use crate::chat::Post;",
        "pub(crate) use crate :: chat;",
        "use crate::{domain::Paper, chat::{Post, Rendered}};",
        "use crate::{\n    domain,\n    chat,\n};",
        "fn f(post: &crate::chat::Post<'_>) {}",
        "use super::super::chat::Post;",
        "use super::{super::chat, rows};",
        "fn f() { super::super::chat::post() }",
        "mod inner { use super::super::super::chat::Post; }",
        "macro_rules! m { () => { $crate::chat::post() } }",
        "use crate::r#chat::Post;",
        "const A: char = '\"'; use crate::chat::Post; const B: char = '\"';",
        "fn f<'a>(x: &'a str) { let _ = r#\"\"quoted\"\"#; crate::chat::post(x) }",
        "#[cfg(test)]\nmod tests { fn f() {} }\nuse crate::chat::Post;",
        "#[cfg(test)] use crate::clock::Clock;\nuse crate::chat::Post;",
        "#[cfg(not(test))] use crate::chat::Post;",
    ] {
        assert!(
            found("src/store/papers.rs", source).contains(expected),
            "{source}\n{}",
            found("src/store/papers.rs", source)
        );
    }
}

#[test]
fn a_breach_is_told_with_its_line() {
    let source = "//! crate::chat\n/* crate::chat\n */\nuse crate::domain::Paper;\nuse crate::chat::Post;\n";
    assert_eq!(found("src/store/papers.rs", source), "5: “store” uses “chat”; it may use domain");
    let whole = "1: a path to the whole crate hides what is used: name the module";
    assert_eq!(found("src/store/papers.rs", "use crate::*;"), whole);
    assert_eq!(found("src/store/mod.rs", "use crate as all;"), whole);
}

#[test]
fn comments_strings_tests_and_the_modules_own_paths_are_no_breach() {
    for source in [
        "// use crate::chat::Post;",
        "/* outer /* use crate::chat; */ use crate::chat; */",
        "const A: &str = \"crate::chat::Post\"; const B: &[u8] = b\"crate::chat\";",
        "const A: &str = r##\"\"# crate::chat \"##;",
        "const A: &str = \"\\\" crate::chat\";",
        "#[cfg(test)]\nmod tests {\n    use crate::chat::Post;\n    fn f() { if true { crate::chat::f() } }\n}",
        "#[cfg(test)] use crate::chat::Post;",
        "#[cfg(test)] #[expect(dead_code)] impl X { fn f() { crate::chat::f() } }",
        "use crate::store::rows; use super::rows; use self::rows::Row; use super::{rows, Store};",
        "use crate::domain::{Paper, chat};",
        "pub(crate) fn f() {} pub(in crate::store) fn g() {} pub(super) fn h() {}",
        "mod inner { use super::super::Store; }",
        "use crate::domain::Paper;",
    ] {
        assert_eq!(found("src/store/papers.rs", source), "", "{source}");
    }
}

#[test]
fn only_app_names_a_platform() {
    let discord = "use crate::chat::discord::Discord;";
    assert_eq!(found("src/app/build.rs", discord), "");
    assert_eq!(found("src/chat/discord/format.rs", discord), "");
    for (file, source) in [
        ("src/pipeline/sender.rs", discord),
        ("src/cli/demo.rs", "fn f() { crate::chat::sandbox::terminal::print() }"),
        ("src/pipeline/sender.rs", "use crate::{chat, chat::{slack::Slack}};"),
        ("src/pipeline/sender.rs", "use crate::chat; fn f() { chat::slack::post() }"),
        ("src/pipeline/sender.rs", "use crate::chat::*;"),
        ("src/chat/slack/format.rs", discord),
        ("src/chat/slack/format.rs", "use super::super::discord::escape;"),
        ("src/chat/slack/mod.rs", "use super::discord::escape;"),
        ("src/chat/mod.rs", "pub mod discord; pub use discord::Discord;"),
    ] {
        assert!(
            found(file, source).contains("only app names a platform"),
            "{file}: {source}\n{}",
            found(file, source)
        );
    }
    assert_eq!(found("src/chat/mod.rs", "pub mod discord; pub mod slack;"), "");
}

#[test]
fn a_module_that_is_not_in_the_table_and_a_crate_root_that_re_exports_are_refused() {
    assert!(found("src/helpers.rs", "fn f() {}").contains("“helpers” is not in the table"));
    assert!(found("src/helpers/mod.rs", "").contains("“helpers” is not in the table"));
    assert!(
        found("src/lib.rs", "pub mod chat;\npub use chat::Post;")
            .starts_with("2: src/lib.rs re-exports nothing")
    );
    assert_eq!(found("src/lib.rs", "pub mod chat; pub mod domain;"), "");
    assert_eq!(found("src/main.rs", "fn main() { paperwire::cli::run() }"), "");
    assert!(
        found("src/main.rs", "use paperwire::store::Store;").contains("“main” uses “store”; it may use cli")
    );
}

#[test]
fn a_file_that_only_tests_include_is_left_out() {
    let declared = |file: &str| paths::test_files(file, "mod rows;\n#[cfg(test)]\nmod tests;\n");
    assert_eq!(declared("src/store/mod.rs"), ["src/store/tests", "src/store/tests.rs"]);
    assert_eq!(declared("src/store/papers.rs"), ["src/store/papers/tests", "src/store/papers/tests.rs"]);
}
