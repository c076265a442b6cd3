//! Bytes to text, before any parser sees them.
//!
//! What the body shows of itself counts first (a byte order mark, the zeros of UTF-16), then what it declares,
//! then what the server says. Text that is valid UTF-8 beyond ASCII is UTF-8 whatever single-byte encoding is
//! claimed: the opposite does not happen by chance.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::NotAFeed;

/// How far into a body its declaration may stand, in bytes.
const DECLARATION_WITHIN: usize = 512;

/// Reads a body as text.
pub(super) fn text(bytes: &[u8], content_type: Option<&str>) -> Result<String, NotAFeed> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or_else(|| (sniffed(bytes, content_type), 0));
    let text = encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    // UTF-32, EBCDIC and plain binary all leave zeros or worse where the first tag should be.
    if text.bytes().take(DECLARATION_WITHIN).any(|byte| byte == 0) {
        return Err(NotAFeed::Encoding);
    }
    Ok(text)
}

fn sniffed(bytes: &[u8], content_type: Option<&str>) -> &'static Encoding {
    match bytes {
        [0, b'<' | b'{' | b' ' | b'\n' | b'\r', 0, next, ..] if *next != 0 => return UTF_16BE,
        [b'<' | b'{' | b' ' | b'\n' | b'\r', 0, next, 0, ..] if *next != 0 => return UTF_16LE,
        _ => {}
    }
    let declared = declared(bytes).or_else(|| from_header(content_type));
    let is_utf8 = std::str::from_utf8(bytes).is_ok();
    match declared {
        // The zeros would have shown.
        Some(encoding) if encoding == UTF_16BE || encoding == UTF_16LE => UTF_8,
        Some(encoding) if encoding.is_single_byte() && is_utf8 => UTF_8,
        Some(encoding) => encoding,
        None if is_utf8 => UTF_8,
        None => WINDOWS_1252,
    }
}

/// Finds the encoding in `<?xml version="1.0" encoding="…"?>`.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(DECLARATION_WITHIN)];
    let head = String::from_utf8_lossy(head);
    let declaration = head.trim_start().strip_prefix("<?xml")?.split("?>").next()?.to_owned();
    let value = declaration.split("encoding").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Encoding::for_label(value[1..].split(quote).next()?.trim().as_bytes())
}

fn from_header(content_type: Option<&str>) -> Option<&'static Encoding> {
    let mut parameters = content_type?.split(';').skip(1).map(str::trim);
    let charset = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches(['"', '\'']))
    })?;
    Encoding::for_label(charset.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn every_usual_encoding_becomes_the_same_text() {
        let xml = "<?xml version='1.0'?><t>Émile – naïve</t>";
        let marked = format!("\u{feff}{xml}");
        for bytes in [
            xml.as_bytes().to_vec(),
            marked.as_bytes().to_vec(),
            utf16(xml, u16::to_be_bytes),
            utf16(xml, u16::to_le_bytes),
            utf16(&marked, u16::to_be_bytes),
            utf16(&marked, u16::to_le_bytes),
            WINDOWS_1252.encode(xml).0.into_owned(),
        ] {
            assert_eq!(text(&bytes, None).as_deref(), Ok(xml), "{bytes:?}");
        }
    }

    #[test]
    fn the_declaration_and_the_header_are_believed_until_the_bytes_contradict() {
        let latin = b"<?xml version=\"1.0\" encoding='ISO-8859-2'?><t>\xb1</t>";
        assert!(text(latin, Some("text/xml; charset=utf-8")).unwrap().contains("<t>ą</t>"));
        assert_eq!(text(b"<t>\xb1</t>", Some("text/xml; charset=\"iso-8859-2\"")).as_deref(), Ok("<t>ą</t>"));
        let mislabelled = "<?xml version=\"1.0\" encoding=\"us-ascii\"?><t>ą</t>";
        assert_eq!(text(mislabelled.as_bytes(), None).as_deref(), Ok(mislabelled));
        let not_utf16 = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><t/>";
        assert_eq!(text(not_utf16.as_bytes(), None).as_deref(), Ok(not_utf16));
    }

    #[test]
    fn what_has_zeros_is_no_text() {
        let utf32: Vec<u8> = "<t/>".chars().flat_map(|c| (c as u32).to_be_bytes()).collect();
        assert_eq!(text(&utf32, None), Err(NotAFeed::Encoding));
    }
}
