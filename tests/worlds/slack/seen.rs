//! What a person sees of a message: Slack's texts read as its client reads them.

use serde_json::Value;

/// A message in a channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Posted {
    pub ts: String,
    pub channel: String,
    /// The first line of the message.
    pub title: String,
    /// Where the title leads.
    pub url: Option<String>,
    /// Every further line, as it shows.
    pub text: String,
    /// Every link, as (words, address).
    pub links: Vec<(String, String)>,
    /// What notifications and old clients show.
    pub fallback: String,
    /// Control sequences that text brought along: `<!channel>`, `<@U1>`, `<#C1>`.
    pub controls: Vec<String>,
    /// The delivery's mark in the metadata.
    pub delivery: Option<String>,
    /// True when links show previews.
    pub unfurls: bool,
    /// The one person who sees it; `None`: everybody in the channel.
    pub only: Option<String>,
    /// The body as it came.
    pub raw: Value,
}

#[derive(Default)]
struct Reader {
    lines: Vec<String>,
    links: Vec<(String, String)>,
    controls: Vec<String>,
}

impl Posted {
    pub fn of(ts: &str, channel: &str, body: &Value) -> Self {
        let mut fallback = Reader::default();
        let fallback_text = fallback.markup(body["text"].as_str().unwrap_or_default());
        let mut reader = Reader::default();
        if let Some(blocks) = body["blocks"].as_array() {
            for block in blocks {
                reader.block(block);
            }
        } else {
            reader.lines = fallback_text.lines().map(str::to_owned).collect();
            reader.links.clone_from(&fallback.links);
        }
        reader.controls.append(&mut fallback.controls);
        let title = reader.lines.first().cloned().unwrap_or_default();
        let leads = |(words, _): &&(String, String)| *words == title || words.starts_with("http");
        Self {
            ts: ts.to_owned(),
            channel: channel.to_owned(),
            url: reader.links.first().filter(leads).map(|(_, address)| address.clone()),
            title,
            text: reader.lines.get(1..).unwrap_or_default().join("\n"),
            links: reader.links,
            fallback: fallback_text,
            controls: reader.controls,
            delivery: body["metadata"]["event_payload"]["d"].as_str().map(str::to_owned),
            unfurls: body["unfurl_links"] != false || body["unfurl_media"] != false,
            only: None,
            raw: body.clone(),
        }
    }

    /// Puts another message in its place, for the same people.
    pub(super) fn replace(&mut self, body: &Value) {
        *self = Self { only: self.only.take(), ..Self::of(&self.ts, &self.channel, body) };
    }

    /// The words of everything that can be pressed, and the choices of its menu.
    pub fn pressable(&self) -> Vec<String> {
        let blocks = self.raw["blocks"].as_array().into_iter().flatten();
        let elements =
            blocks.filter(|b| b["type"] == "actions").filter_map(|b| b["elements"].as_array()).flatten();
        let words = |object: &Value| object["text"]["text"].as_str().unwrap_or_default().to_owned();
        elements
            .flat_map(|element| match element["options"].as_array() {
                Some(options) => options.iter().map(words).collect(),
                None => vec![words(element)],
            })
            .collect()
    }
}

impl Reader {
    fn block(&mut self, block: &Value) {
        let parts = block["elements"].as_array().cloned().unwrap_or_default();
        match block["type"].as_str().unwrap_or_default() {
            "rich_text" => {
                for section in parts {
                    let inline = section["elements"].as_array().cloned().unwrap_or_default();
                    let line: String = inline.iter().map(|element| self.inline(element)).collect();
                    self.lines.push(line);
                }
            }
            "actions" => {}
            "context" => {
                let line: Vec<String> = parts.iter().map(|text| self.object(text)).collect();
                self.lines.push(line.join(" "));
            }
            _ => {
                let line = self.object(&block["text"]);
                self.lines.push(line);
            }
        }
    }

    /// Rich text is taken as it is.
    fn inline(&mut self, element: &Value) -> String {
        match element["type"].as_str() {
            Some("user") => {
                let mention = format!("@{}", element["user_id"].as_str().unwrap_or_default());
                self.controls.push(mention.clone());
                return mention;
            }

            Some("date") => return element["fallback"].as_str().unwrap_or_default().to_owned(),
            Some("channel") => return format!("#{}", element["channel_id"].as_str().unwrap_or_default()),
            _ => {}
        }
        let words = element["text"].as_str().unwrap_or_default().to_owned();
        if let Some(address) = element["url"].as_str() {
            self.links.push((words.clone(), address.to_owned()));
        }
        words
    }

    fn object(&mut self, object: &Value) -> String {
        self.markup(object["text"].as_str().unwrap_or_default())
    }

    /// Reads `<…>` sequences and the three escapes.
    fn markup(&mut self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            out.push_str(&rest[..at]);
            let Some(end) = rest[at..].find('>') else { break };
            let inside = &rest[at + 1..at + end];
            if inside.starts_with("http") {
                let (address, words) = inside.split_once('|').unwrap_or((inside, inside));
                self.links.push((words.replace("&amp;", "&"), address.replace("&amp;", "&")));
                out.push_str(words);
            } else if let Some(date) = inside.strip_prefix("!date^") {
                out.push_str(date.split_once('|').map_or("", |(_, fallback)| fallback));
            } else {
                self.controls.push(inside.to_owned());
            }
            rest = &rest[at + end + 1..];
        }
        out.push_str(rest);
        out.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    }
}
