//! Promises that hold for the package as a whole: its files agree with each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use paperwire::config::SECRETS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn names(folder: &str, extension: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(extension)).collect()
}

fn variable(key: &str) -> String {
    format!("PAPERWIRE__{}", key.replace('.', "__").to_uppercase())
}

#[test]
fn both_databases_have_the_same_migrations_numbered_without_a_gap() {
    let sqlite = names("migrations/sqlite", ".sql");
    assert_eq!(sqlite, names("migrations/postgres", ".sql"));
    for (number, name) in (1..).zip(&sqlite) {
        assert!(name.starts_with(&format!("{number:04}_")), "{name} should have the number {number}");
    }
}

#[test]
fn every_setting_in_the_sample_has_one_comment_of_its_own() {
    let sample = read("config/paperwire.toml");
    let lines: Vec<&str> = sample.lines().collect();
    let mut comments = BTreeSet::new();
    for (at, line) in
        lines.iter().enumerate().filter(|(_, line)| line.contains(" = ") && !line.starts_with('#'))
    {
        let above = lines[at - 1];
        assert!(above.starts_with("# "), "{line}: no comment above it");
        assert!(at < 2 || !lines[at - 2].starts_with('#'), "{line}: its comment has more than one line");
        assert!(above.ends_with('.'), "{line}: its comment is no sentence");
        // The two timeouts say the same on purpose.
        assert!(
            comments.insert(above) || line.starts_with("timeout"),
            "{line}: the comment of another setting"
        );
    }
    assert!(comments.len() > 30, "the settings were found");
}

#[test]
fn the_example_environment_names_the_secrets_and_nothing_else() {
    let example = read("config/example.env");
    let lines = example.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let named: BTreeSet<String> = lines.map(str::to_owned).collect();
    let expected: BTreeSet<String> = SECRETS.iter().map(|key| format!("{}=", variable(key))).collect();
    assert_eq!(named, expected, "each secret once, without a value");
}

#[test]
fn every_secret_has_a_file_setting_beside_it() {
    let loaded = |key: &str| {
        let variables = [("HOME", "/h"), (variable(key).as_str(), "/no/such/file")]
            .map(|(n, v)| (n.to_owned(), v.to_owned()));
        paperwire::config::Config::load(None, variables.into_iter()).expect_err(key).to_string()
    };
    for key in SECRETS {
        let error = loaded(&format!("{key}_file"));
        assert!(error.contains(&format!("the file with {key} cannot be read")), "{error}");
    }
}

#[test]
fn no_unfinished_work_is_left_in_the_sources() {
    let marks = ["todo!", "unimplemented!", "dbg!", "FIXME", "TODO"].map(str::to_owned);
    let own = root().join("tests/project.rs");
    for file in ["src", "tests", "examples"].iter().flat_map(|folder| rust_files(&root().join(folder))) {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in (1..).zip(text.lines()).filter(|_| file != own) {
            let found = marks.iter().find(|mark| line.contains(mark.as_str()));
            assert!(found.is_none(), "{}:{number}: {}", file.display(), line.trim());
        }
    }
}

#[test]
fn the_readme_names_the_two_commands_and_both_exist() {
    let readme = read("README.md");
    for command in ["cargo run --release -- demo", "./scripts/test"] {
        assert!(readme.contains(command), "README.md does not show “{command}”");
    }
    assert!(is_executable("scripts/test") && is_executable(".ci/run"));
}

#[test]
fn the_container_and_the_package_agree() {
    let (docker, compose, cargo) = (read("Dockerfile"), read("compose.yaml"), read("Cargo.toml"));
    let toolchain = read("rust-toolchain.toml");
    let minimum =
        cargo.lines().find_map(|line| line.strip_prefix("rust-version = ")).unwrap().trim_matches('"');
    assert!(
        toolchain.contains(&format!("channel = \"{minimum}")),
        "rust-toolchain.toml and rust-version differ"
    );
    assert!(docker.contains(&format!("FROM rust:{minimum}")), "the Dockerfile builds with another Rust");
    assert!(docker.contains("USER 65532:65532"), "the container runs as root");
    for key in ["data_dir", "web.listen"] {
        assert!(docker.contains(&variable(key)), "the Dockerfile does not set {key}");
    }
    for rule in ["read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"] {
        assert!(compose.contains(rule), "compose.yaml lacks “{rule}”");
    }
}

#[test]
fn the_container_is_built_from_every_folder_that_the_binary_embeds() {
    let (docker, ignore) = (read("Dockerfile"), read(".dockerignore"));
    let mut embedded = BTreeSet::new();
    for file in rust_files(&root().join("src")) {
        let text = fs::read_to_string(&file).unwrap();
        for path in text.split("include_str!(\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let folder = file.parent().unwrap().join(path).canonicalize().unwrap();
            let inside = folder.strip_prefix(root().canonicalize().unwrap()).unwrap().to_owned();
            embedded.insert(inside.components().next().unwrap().as_os_str().to_str().unwrap().to_owned());
        }
        // askama's, in the folder that it looks in where nothing else is said.
        if text.contains("#[template(path") {
            embedded.insert("templates".to_owned());
        }
        for path in text.split("migrate!(\"").skip(1).filter_map(|rest| rest.split(['/', '"']).next()) {
            embedded.insert(path.to_owned());
        }
    }
    assert!(embedded.contains("config"), "{embedded:?}");
    for folder in embedded {
        assert!(docker.contains(&format!("COPY {folder} {folder}")), "the Dockerfile does not copy {folder}");
        assert!(ignore.contains(&format!("!{folder}")), ".dockerignore keeps {folder} out");
    }
}

#[test]
fn the_container_has_a_file_for_every_target_of_the_manifest() {
    let (docker, manifest) = (read("Dockerfile"), read("Cargo.toml"));
    let paths: Vec<_> =
        manifest.lines().filter_map(|line| line.strip_prefix("path = \"")?.strip_suffix('"')).collect();
    assert!(paths.contains(&"tests/main.rs"), "{paths:?}");
    for path in paths {
        assert!(docker.contains(path), "the Dockerfile makes no {path}, without which Cargo stops");
    }
}

#[test]
fn the_licence_that_the_package_names_is_there() {
    assert!(read("Cargo.toml").contains("license = \"MIT OR Apache-2.0\""));
    assert!(read("LICENSE-MIT").contains("Permission is hereby granted, free of charge"));
    assert!(read("LICENSE-APACHE").contains("Apache License"));
    let notice = read("LICENSE");
    assert!(notice.contains("LICENSE-MIT") && notice.contains("LICENSE-APACHE"));
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() => rust_files(&path),
            Some(extension) if extension == "rs" => vec![path],
            _ => Vec::new(),
        })
        .collect()
}

fn is_executable(file: &str) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(root().join(file)).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}
