//! The user's own words, as messages repeat them.

/// The most characters of one text that a message repeats. A line of a terminal is not longer.
const MOST_SHOWN: usize = 80;

/// A text of the user's for a message: cut to a length that can be read, and without the characters
/// that a terminal would obey instead of showing them. Quotes stay as they are.
pub fn shown(text: &str) -> String {
    let mut shown = String::new();
    for letter in text.chars().take(MOST_SHOWN) {
        match letter {
            '"' | '\'' | '\\' => shown.push(letter),
            _ => shown.extend(letter.escape_debug()),
        }
    }
    if text.chars().nth(MOST_SHOWN).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn what_a_terminal_would_obey_is_escaped_and_what_is_long_is_cut() {
        for (text, expected) in [
            ("web", "web"),
            ("it's \"so\" \\ é", "it's \"so\" \\ é"),
            ("a\u{1b}[31m\0\n", "a\\u{1b}[31m\\0\\n"),
            ("\u{202e}txt", "\\u{202e}txt"),
        ] {
            assert_eq!(shown(text), expected, "{text:?}");
        }
        assert_eq!(shown(&"é".repeat(MOST_SHOWN)), "é".repeat(MOST_SHOWN));
        assert_eq!(shown(&"é".repeat(1_000_000)), format!("{}…", "é".repeat(MOST_SHOWN)));
    }
}
