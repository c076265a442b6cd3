//! `paperwire slack manifest`

use std::fmt::Write as _;

use serde_json::Value;

use super::args::Slack as Command;
use super::exit::CliError;
use super::output::Output;
use crate::app;

/// Prints what Slack has to know of the app.
pub fn run(command: &Command, output: Output) -> Result<(), CliError> {
    let Command::Manifest { url } = command;
    if let Some(url) = url
        && (url.scheme() != "https" || !url.has_host())
    {
        return Err(CliError::Usage(format!("--url {url}: Slack only sends requests to https:// addresses")));
    }
    output.row(&app::slack_manifest(url.as_ref()), |manifest| {
        let mut text = String::new();
        yaml(manifest, 0, &mut text);
        text.trim_end().to_owned()
    })?;
    Ok(())
}

/// Writes a value as YAML; texts are in quotes, which is as good there as in JSON.
fn yaml(value: &Value, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                put(out, format_args!("{indent}{name}:"));
                nested(value, depth + 1, out);
            }
        }
        Value::Array(items) => {
            for item in items {
                let mut inner = String::new();
                yaml(item, depth + 1, &mut inner);
                put(out, format_args!("{indent}- {}", inner.trim_start()));
            }
        }
        scalar => put(out, format_args!("{indent}{scalar}\n")),
    }
}

fn nested(value: &Value, depth: usize, out: &mut String) {
    if value.is_object() || value.is_array() {
        out.push('\n');
        yaml(value, depth, out);
    } else {
        put(out, format_args!(" {value}\n"));
    }
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a string never fails");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_is_yaml_that_reads_like_one() {
        let mut text = String::new();
        let value = serde_json::json!({"a": {"list": ["x: y", "z"]}, "b": [{"k": "v", "l": 1}]});
        yaml(&value, 0, &mut text);
        insta::assert_snapshot!(text, @r#"
        a:
          list:
            - "x: y"
            - "z"
        b:
          - k: "v"
            l: 1
        "#);
    }
}
