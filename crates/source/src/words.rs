//! Texts of the user: the shapes that several grammars have in common, and how messages repeat them.
use std::ops::RangeInclusive;

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

/// Whether a text has a length in bytes within the range, and only ASCII letters, digits and `others`.
pub fn is_plain(text: &str, length: RangeInclusive<usize>, others: &[u8]) -> bool {
    length.contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || others.contains(&byte))
}

/// Whether a text is lower-case words and digits joined by single hyphens, beginning with a letter,
/// and not longer than `longest` bytes.
pub fn is_hyphenated(text: &str, longest: usize) -> bool {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    text.len() <= longest
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.split('-').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn plain_texts_keep_length_and_letters() {
        for (text, expected) in
            [("a_1", true), ("", false), ("abcde", false), ("a-b", false), ("é", false)]
        {
            assert_eq!(is_plain(text, 1..=4, b"_"), expected, "{text}");
        }
    }

    #[test]
    fn hyphenated_texts_are_words_with_single_hyphens() {
        for (text, expected) in [
            ("a", true),
            ("a-1", true),
            ("a--b", false),
            ("a-", false),
            ("-a", false),
            ("1a", false),
            ("A", false),
            ("", false),
            ("abcdef", false),
        ] {
            assert_eq!(is_hyphenated(text, 5), expected, "{text}");
        }
    }

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
