//! What the documents and tables say of faults, compared with the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use paperwire::crash::POINTS;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

/// The texts of all sources in a folder.
fn texts(folder: &str) -> Vec<String> {
    sources(&root().join(folder)).iter().map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn every_place_to_die_at_is_in_the_table_and_every_name_in_the_table_is_a_place() {
    let mut called = BTreeSet::new();
    for text in texts("src") {
        let calls = text.split("crashpoint!(\"").skip(1);
        called.extend(calls.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
    }
    // The macro's own description.
    called.remove("name");
    let known: BTreeSet<String> = POINTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(called, known);
    let page = fs::read_to_string(root().join("docs/reliability.md")).unwrap();
    for name in known {
        assert!(page.contains(&format!("`{name}`")), "docs/reliability.md does not name `{name}`");
    }
}

#[test]
fn every_row_of_the_fault_table_names_tests_that_exist_or_says_why_not() {
    let page = fs::read_to_string(root().join("docs/reliability.md")).unwrap();
    let all: String = [texts("src"), texts("tests")].concat().concat();
    let exists = |name: &str| all.contains(&format!("fn {name}("));
    let rows: Vec<Vec<&str>> = page
        .lines()
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>())
        .filter(|cells| cells.len() == 4 && cells[0].parse::<u32>().is_ok())
        .collect();
    let numbers: Vec<u32> = rows.iter().map(|cells| cells[0].parse().unwrap()).collect();
    assert_eq!(numbers, (1..=63).collect::<Vec<u32>>(), "every fault has its row");
    for cells in rows {
        let (number, proof) = (cells[0], cells[3]);
        let named: Vec<&str> =
            proof.split('`').skip(1).step_by(2).filter(|name| name.matches('_').count() >= 3).collect();
        for name in &named {
            assert!(exists(name), "row {number} names {name}, which is no test");
        }
        assert!(
            !named.is_empty() || proof.starts_with("No test:"),
            "row {number}: neither a test nor a reason"
        );
    }
}
