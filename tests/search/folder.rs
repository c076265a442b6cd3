use std::fs;
use std::path::Path;

use paperwire::search::{Search, SearchError};

use super::{find, keys, paper, titled};

fn filled(dir: &Path) -> Search {
    let search = Search::open(dir).unwrap();
    assert!(search.is_fresh() && search.is_writable());
    search.upsert(&[paper(1, 0, titled("Flow")), paper(2, 0, titled("Trees"))]).unwrap();
    search.commit(17).unwrap();
    search
}

#[test]
fn an_index_lasts_and_knows_how_far_it_has_followed() {
    let folder = tempfile::tempdir().unwrap();
    drop(filled(folder.path()));
    let search = Search::open(folder.path()).unwrap();
    assert!(!search.is_fresh());
    assert_eq!((search.position().unwrap(), keys(&find(&search, "flow"))), (17, vec![1]));
}

#[test]
fn while_one_process_writes_another_reads_and_takes_over_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let writing = filled(folder.path());
    let reading = Search::open(folder.path()).unwrap();
    assert!(!reading.is_writable());
    assert!(matches!(reading.upsert(&[paper(3, 0, titled("Flow"))]), Err(SearchError::ReadOnly)));
    assert_eq!(keys(&find(&reading, "flow")), [1]);
    writing.upsert(&[paper(3, 0, titled("Flow"))]).unwrap();
    writing.commit(18).unwrap();
    reading.refresh().unwrap();
    assert_eq!(keys(&find(&reading, "flow")), [3, 1]);
    drop(writing);
    assert!(reading.is_writable());
    reading.upsert(&[paper(4, 0, titled("Flow"))]).unwrap();
    reading.commit(19).unwrap();
    assert_eq!(keys(&find(&reading, "flow")), [4, 3, 1]);
}

#[test]
fn a_damaged_index_is_made_anew() {
    for damage in ["meta", "segment", "missing"] {
        let folder = tempfile::tempdir().unwrap();
        filled(folder.path()).settle().unwrap();
        for entry in fs::read_dir(folder.path().join("v2")).unwrap() {
            let path = entry.unwrap().path();
            let is = |extension: &str| path.extension().is_some_and(|own| own == extension);
            match damage {
                "meta" if path.ends_with("meta.json") => fs::write(&path, "{\"segments\": [").unwrap(),
                "segment" if is("idx") => fs::write(&path, "short").unwrap(),
                "missing" if is("term") || is("fast") => fs::remove_file(&path).unwrap(),
                _ => {}
            }
        }
        let search = Search::open(folder.path()).unwrap();
        assert!(search.is_fresh() && search.is_empty(), "{damage}");
        assert_eq!(search.position().unwrap(), 0);
        search.upsert(&[paper(1, 0, titled("Flow"))]).unwrap();
        search.commit(1).unwrap();
        assert_eq!(keys(&find(&search, "flow")), [1]);
    }
}

#[test]
fn the_index_of_another_version_is_removed_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["v0", "v999", "vault"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name).join("file"), "").unwrap();
    }
    filled(folder.path());
    let mut left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["v2", "vault"]);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Search::open(&file.join("search")).unwrap_err();
    assert!(matches!(&error, SearchError::Folder { .. }), "{error:?}");
    assert!(error.to_string().contains("make it writable, or set data_dir"), "{error}");
}
