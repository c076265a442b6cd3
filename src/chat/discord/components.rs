//! Buttons, menus and forms as Discord's components, within its limits; no I/O.

use std::collections::BTreeSet;

use serde_json::Value;
use serenity::all::{
    AutocompleteChoice, ButtonStyle, CreateActionRow, CreateAutocompleteResponse, CreateButton,
    CreateInputText, CreateModal, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption,
    InputTextStyle,
};

use super::format::without_nulls;
use crate::message::{Button, Choice, Field, Form, Input, Look, Menu, Press, Reply, clean, cut, web_link};

/// Discord's limits.
const ROWS_MAX: usize = 5;
const BUTTONS_IN_ROW: usize = 5;
const CONTROL_MAX: usize = 100;
const LABEL_MAX: usize = 80;
const LINK_MAX: usize = 512;
const CHOICES_MAX: usize = 25;
const CHOICE_MAX: usize = 100;
const PLACEHOLDER_MAX: usize = 150;
const FIELD_LABEL_MAX: usize = 45;
const FIELD_PLACEHOLDER_MAX: usize = 100;
const FIELD_VALUE_MAX: u16 = 4_000;

/// The rows below a message: the menu, then the buttons.
pub(super) fn rows(reply: &Reply) -> Vec<CreateActionRow> {
    let mut used = BTreeSet::new();
    let menu = reply.menu.as_ref().and_then(|menu| select(menu, &mut used));
    let buttons: Vec<CreateButton> = reply.buttons.iter().filter_map(|one| button(one, &mut used)).collect();
    let buttons = buttons.chunks(BUTTONS_IN_ROW).map(|row| CreateActionRow::Buttons(row.to_vec()));
    menu.into_iter().chain(buttons).take(ROWS_MAX).collect()
}

/// The choices while something is written, as the data of a response.
pub(super) fn completions(choices: &[Choice]) -> Value {
    let choices = distinct(choices).map(|(label, value)| AutocompleteChoice::new(label, value)).collect();
    json(&CreateAutocompleteResponse::new().set_choices(choices))
}

/// A form as the data of a response that opens a window.
pub(super) fn modal(form: &Form) -> Value {
    let title = shown(&form.title, FIELD_LABEL_MAX).unwrap_or_else(|| "…".to_owned());
    let rows = form.fields.iter().take(ROWS_MAX).map(|one| CreateActionRow::InputText(field(one)));
    json(&CreateModal::new(&form.control, title).components(rows.collect()))
}

/// The name of a field and what was written in it, from the id that [`modal`] gave it.
pub(super) fn filled(id: &str, written: &str) -> (String, String) {
    let (name, values) = id.split_once('=').unwrap_or((id, ""));
    let written = written.trim();
    let meant = written.to_lowercase();
    let meant = meant.trim_matches(['“', '”', '"', '\'', '.']);
    let named = values.split('|').filter(|value| !value.is_empty() && !meant.is_empty());
    let begins: Vec<&str> = named.filter(|value| value.to_lowercase().starts_with(meant)).collect();
    let exact = begins.iter().find(|value| value.to_lowercase() == meant);
    let value = match (exact, begins.as_slice()) {
        (Some(value), _) | (None, [value]) => value,
        _ => written,
    };
    (name.to_owned(), value.to_owned())
}

fn button(button: &Button, used: &mut BTreeSet<String>) -> Option<CreateButton> {
    let label = shown(&button.label, LABEL_MAX)?;
    let made = match &button.press {
        Press::Control(id) => {
            let style = match button.look {
                Look::Plain => ButtonStyle::Secondary,
                Look::Primary => ButtonStyle::Primary,
                Look::Danger => ButtonStyle::Danger,
            };
            CreateButton::new(control(id, used)?).style(style)
        }
        Press::Link(url) => {
            CreateButton::new_link(web_link(url).filter(|url| url.chars().count() <= LINK_MAX)?)
        }
    };
    Some(made.label(label))
}

fn select(menu: &Menu, used: &mut BTreeSet<String>) -> Option<CreateActionRow> {
    let options: Vec<_> =
        distinct(&menu.choices).map(|(label, value)| CreateSelectMenuOption::new(label, value)).collect();
    if options.is_empty() {
        return None;
    }
    let select =
        CreateSelectMenu::new(control(&menu.control, used)?, CreateSelectMenuKind::String { options });
    Some(CreateActionRow::SelectMenu(match shown(&menu.placeholder, PLACEHOLDER_MAX) {
        Some(placeholder) => select.placeholder(placeholder),
        None => select,
    }))
}

/// An id that Discord takes: not empty, not too long, once in a message.
fn control(id: &str, used: &mut BTreeSet<String>) -> Option<String> {
    let fits = (1..=CONTROL_MAX).contains(&id.chars().count());
    (fits && used.insert(id.to_owned())).then(|| id.to_owned())
}

/// Choices that Discord takes: each value once and given back as it is, each with words.
fn distinct(choices: &[Choice]) -> impl Iterator<Item = (String, String)> {
    let mut used = BTreeSet::new();
    let usable = choices.iter().filter_map(move |choice| {
        let fits = (1..=CHOICE_MAX).contains(&choice.value.trim().chars().count());
        let label = shown(&choice.label, CHOICE_MAX).or_else(|| shown(&choice.value, CHOICE_MAX))?;
        (fits && used.insert(choice.value.trim())).then(|| (label, choice.value.trim().to_owned()))
    });
    usable.take(CHOICES_MAX)
}

fn field(field: &Field) -> CreateInputText {
    let label = shown(&field.label, FIELD_LABEL_MAX).unwrap_or_else(|| "…".to_owned());
    let (style, id, most, hint) = match &field.input {
        Input::Text { max, long, .. } => {
            let style = if *long { InputTextStyle::Paragraph } else { InputTextStyle::Short };
            (style, field.name.clone(), (*max).clamp(1, FIELD_VALUE_MAX), None)
        }
        Input::One(choices) => {
            let values: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
            let id = format!("{}={}", field.name, values.join("|"));
            let id = if id.chars().count() <= CONTROL_MAX { id } else { field.name.clone() };
            (InputTextStyle::Short, id, 100, shown(&values.join(", "), FIELD_PLACEHOLDER_MAX))
        }
    };
    let mut input = CreateInputText::new(style, label, id).required(field.required).max_length(most);
    let value: String = field.value.chars().take(usize::from(most)).collect();
    if !value.trim().is_empty() {
        input = input.value(value);
    }
    match hint {
        Some(hint) => input.placeholder(hint),
        None => input,
    }
}

/// Words on a component, which reads no mark-up; `None` when nothing can be seen of them.
fn shown(text: &str, max: usize) -> Option<String> {
    Some(cut(&clean(text), max)).filter(|text| !text.is_empty())
}

fn json(value: &impl serde::Serialize) -> Value {
    without_nulls(serde_json::to_value(value).expect("a component of strings and numbers is always JSON"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_as_it_was_meant() {
        for (written, meant) in [
            ("daily", "daily"),
            (" Weekly ", "weekly"),
            ("inst", "instant"),
            ("“daily”", "daily"),
            ("hourly", "hourly"),
            ("", ""),
        ] {
            let read = filled("when=instant|daily|weekly", written);
            assert_eq!(read, ("when".to_owned(), meant.to_owned()), "{written}");
        }
        assert_eq!(filled("query", "a=b | c "), ("query".to_owned(), "a=b | c".to_owned()));
    }

    #[test]
    fn a_form_offers_its_choices_where_discord_has_no_list() {
        let choice = |value: &str| Choice { label: value.to_uppercase(), value: value.to_owned() };
        let form = Form {
            control: "f:0".to_owned(),
            title: "Narrow".to_owned(),
            blocks: Vec::new(),
            fields: vec![Field {
                name: "when".to_owned(),
                label: "When".to_owned(),
                value: "daily".to_owned(),
                input: Input::One(vec![choice("instant"), choice("daily")]),
                required: false,
            }],
            submit: "Look".to_owned(),
        };
        insta::assert_snapshot!(modal(&form), @r#"{"components":[{"components":[{"custom_id":"when=instant|daily","label":"When","max_length":100,"placeholder":"instant, daily","required":false,"style":1,"type":4,"value":"daily"}],"type":1}],"custom_id":"f:0","title":"Narrow"}"#);
    }

    #[test]
    fn a_value_is_offered_once_and_never_cut() {
        let choice = |value: &str| Choice { label: String::new(), value: value.to_owned() };
        let long = "x".repeat(101);
        let made = completions(&[choice("a"), choice("a"), choice(&long), choice(""), choice("b")]);
        insta::assert_snapshot!(made, @r#"{"choices":[{"name":"a","value":"a"},{"name":"b","value":"b"}]}"#);
    }
}
