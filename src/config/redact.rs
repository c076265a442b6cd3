//! Keeps passwords out of what is printed.

/// What stands in the place of a secret.
pub(super) const REDACTED: &str = "<redacted>";

/// Hides the password of a URL, in its user part and in its parameters.
///
/// Everything up to the last `@` counts as the user part: a password that was not percent-encoded may itself
/// hold `@` and `/`, and hiding too much is the safe mistake.
pub(super) fn userinfo_hidden(text: &str) -> String {
    let Some((scheme, rest)) = text.split_once("://") else { return text.to_owned() };
    let shown = match rest.rsplit_once('@') {
        Some((userinfo, after)) => match userinfo.split_once(':') {
            // In a web address the name alone may be a token.
            _ if scheme.ends_with("http") || scheme.ends_with("https") => format!("{REDACTED}@{after}"),
            Some((user, _)) => format!("{user}:{REDACTED}@{after}"),
            None => format!("{userinfo}@{after}"),
        },
        None => rest.to_owned(),
    };
    let Some((address, parameters)) = shown.split_once('?') else { return format!("{scheme}://{shown}") };
    let parameters: Vec<String> = parameters.split('&').map(parameter_hidden).collect();
    format!("{scheme}://{address}?{}", parameters.join("&"))
}

/// True when the URL carries a password.
pub(super) fn holds_password(url: &str) -> bool {
    userinfo_hidden(url) != url
}

fn parameter_hidden(parameter: &str) -> String {
    match parameter.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("password") => format!("{name}={REDACTED}"),
        _ => parameter.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hidden_wherever_a_url_can_carry_it() {
        for (url, shown) in [
            ("postgres://app:pw@db/papers", "postgres://app:<redacted>@db/papers"),
            ("postgres://app:p@s/w:d@db/papers?a=1", "postgres://app:<redacted>@db/papers?a=1"),
            (
                "postgres://db/papers?user=u&password=pw&x=1",
                "postgres://db/papers?user=u&password=<redacted>&x=1",
            ),
            ("https://token@example.org/x", "https://<redacted>@example.org/x"),
            ("postgres://db/papers?sslpassword=pw", "postgres://db/papers?sslpassword=<redacted>"),
        ] {
            assert_eq!(userinfo_hidden(url), shown);
            assert!(holds_password(url), "{url}");
        }
        for url in ["postgres://app@db/papers", "sqlite:///var/lib/p.db", "plain text"] {
            assert!(!holds_password(url), "{url}");
        }
    }
}
