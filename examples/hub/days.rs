//! Recorded days: read from a folder, moved to other dates.

use std::{collections::BTreeMap, fs, io::Read, path::Path};

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;
use jiff::{Timestamp, ToSpan, civil::Date};
use serde_json::Value;

/// The rows of each day, as the API answers them.
pub type Days = BTreeMap<Date, Vec<Value>>;

/// Reads `DIR/days/*.json.gz` or `DIR/*.json.gz`, also as plain `.json`; the file name is the day.
pub fn load(dir: &Path) -> Result<Days> {
    let inner = dir.join("days");
    let dir = if inner.is_dir() { inner.as_path() } else { dir };
    let mut days = Days::new();
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read the folder {}", dir.display()))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let stem = name.strip_suffix(".json.gz").or_else(|| name.strip_suffix(".json"));
        if let Some(day) = stem.and_then(|stem| stem.parse::<Date>().ok()) {
            let rows = read(&path).with_context(|| format!("{} holds no day", path.display()))?;
            days.insert(day, rows);
        }
    }
    ensure!(!days.is_empty(), "{} holds no YYYY-MM-DD.json.gz or YYYY-MM-DD.json", dir.display());
    Ok(days)
}

/// Reads one file of rows.
pub fn read(path: &Path) -> Result<Vec<Value>> {
    let mut bytes = fs::read(path)?;
    if path.extension().is_some_and(|extension| extension == "gz") {
        let mut plain = Vec::new();
        GzDecoder::new(bytes.as_slice()).read_to_end(&mut plain)?;
        bytes = plain;
    }
    Ok(serde_json::from_slice(&bytes)?)
}

/// Moves all days, and every time inside their rows, so that the newest day becomes `newest`.
pub fn shift(days: Days, newest: Date) -> Result<Days> {
    let Some(last) = days.keys().next_back().copied() else { return Ok(days) };
    let by = (newest - last).get_days();
    days.into_iter()
        .map(|(day, mut rows)| {
            for row in &mut rows {
                shift_times(row, by);
            }
            Ok((day.checked_add(by.days())?, rows))
        })
        .collect()
}

fn shift_times(value: &mut Value, by: i32) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(|item| shift_times(item, by)),
        Value::Object(map) => map.values_mut().for_each(|item| shift_times(item, by)),
        Value::String(text) if text.ends_with('Z') && text.parse::<Timestamp>().is_ok() => {
            let date = text.get(..10).and_then(|date| date.parse::<Date>().ok());
            if let Some(moved) = date.and_then(|date| date.checked_add(by.days()).ok()) {
                text.replace_range(..10, &moved.to_string());
            }
        }
        _ => {}
    }
}
