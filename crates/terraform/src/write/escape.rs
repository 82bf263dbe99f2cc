//! Escaping of literal text, once, by position
//! (<https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences>).
//! The JSON layer around a template is `serde_json`'s.
use std::fmt::Write as _;

/// A literal text in template position: `${` and `%{` are doubled, and nothing else is touched.
pub(super) fn template_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        out.push(character);
        if is_marker(character) && characters.peek() == Some(&'{') {
            out.push(character);
        }
    }
    out
}

/// A text that an interpolation follows, and the run of `$` and `%` at its end.
///
/// Such a run would make an escape of the `${` that comes next, so it has to be put into an
/// interpolation of its own.
pub(super) fn split_marker_run(text: &str) -> (&str, &str) {
    text.split_at(text.trim_end_matches(is_marker).len())
}

/// A literal text as a quoted text inside an expression, quotes included.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    quote_into(&mut out, &template_text(text));
    out.push('"');
    out
}

/// Appends the inside of a quoted text, whose template markers are already escaped
/// (<https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#template-expressions>).
pub(super) fn quote_into(out: &mut String, template: &str) {
    for character in template.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() => {
                // A formatter over a `String` never fails.
                let _ = write!(out, "\\u{:04x}", u32::from(control));
            }
            other => out.push(other),
        }
    }
}

fn is_marker(character: char) -> bool {
    matches!(character, '$' | '%')
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn markers_are_doubled_only_before_a_brace() {
        let table = [
            ("", ""),
            ("plain", "plain"),
            ("$", "$"),
            ("$$", "$$"),
            ("$5 %s 100% {x}", "$5 %s 100% {x}"),
            ("${x}", "$${x}"),
            ("%{if}", "%%{if}"),
            ("$${x}", "$$${x}"),
            ("$%{x}", "$%%{x}"),
            ("${aws:username}", "$${aws:username}"),
            ("é${", "é$${"),
        ];
        for (text, escaped) in table {
            assert_eq!(template_text(text), escaped, "{text}");
        }
    }

    #[test]
    fn markers_at_the_end_are_split_off() {
        let table = [
            ("", ("", "")),
            ("cost ", ("cost ", "")),
            ("cost $", ("cost ", "$")),
            ("a$b$$%", ("a$b", "$$%")),
            ("%", ("", "%")),
            ("${", ("${", "")),
        ];
        for (text, split) in table {
            assert_eq!(split_marker_run(text), split, "{text}");
        }
    }

    #[test]
    fn quoted_texts_follow_the_rules_of_hcl() {
        let table = [
            ("a", r#""a""#),
            ("a\"b\\c", r#""a\"b\\c""#),
            ("\n\r\t", r#""\n\r\t""#),
            ("\u{0}\u{1b}\u{7f}\u{85}", r#""\u0000\u001b\u007f\u0085""#),
            ("${x}", r#""$${x}""#),
        ];
        for (text, expected) in table {
            assert_eq!(quoted(text), expected, "{text:?}");
        }
    }
}
