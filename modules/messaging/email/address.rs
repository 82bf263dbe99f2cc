//! Addresses of mail: `no-reply@example.com`, and `Shop <no-reply@example.com>`
//! (<https://www.rfc-editor.org/rfc/rfc5322#section-3.4>).
use crate::platform::is_domain;
use platgen_source::is_plain;

/// The longest part before the `@` (<https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.1>).
const LONGEST_LOCAL: usize = 64;

/// The bare address of a text that may have a name before it. The name holds only what needs no
/// quotes: SES wants everything else encoded
/// (<https://docs.aws.amazon.com/ses/latest/dg/send-email-concepts-email-format.html>).
pub(super) fn bare(text: &str) -> Option<&str> {
    let Some((name, rest)) = text.split_once('<') else { return is_address(text).then_some(text) };
    let address = rest.strip_suffix('>')?;
    let name = name.strip_suffix(' ')?;
    (is_plain(name, 1..=200, b" '&-_.") && is_address(address)).then_some(address)
}

/// Whether a text is a bare address, or a pattern of such with `*` before the `@`.
pub(super) fn is_pattern(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        is_plain(local, 1..=LONGEST_LOCAL, b"!#$%&'*+/=^_|~-.") && is_domain(domain)
    })
}

fn is_address(text: &str) -> bool {
    is_pattern(text) && !text.contains('*')
}

/// The domain of an address.
pub(super) fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn bare_addresses_are_found_and_patterns_told_apart() {
        for (text, expected, pattern) in [
            ("no-reply@example.com", Some("no-reply@example.com"), true),
            ("Ann's Shop <a.b+c@example.com>", Some("a.b+c@example.com"), false),
            ("*@example.com", None, true),
            ("news-*@example.com", None, true),
            ("@example.com", None, false),
            ("example.com", None, false),
            ("a@example", None, false),
            ("a@b@example.com", None, false),
            ("a b@example.com", None, false),
            ("Shop<a@example.com>", None, false),
            ("Shop <a@example.com", None, false),
            ("Sh\"op <a@example.com>", None, false),
            ("a@example.com\nBcc: x@example.com", None, false),
        ] {
            assert_eq!(bare(text), expected, "{text}");
            assert_eq!(is_pattern(text), pattern, "{text}");
        }
        assert_eq!(domain("a@example.com"), "example.com");
    }
}
