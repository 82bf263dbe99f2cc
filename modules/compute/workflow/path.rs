//! Paths into the data of an execution, as the Amazon States Language takes them
//! (<https://states-language.net/spec.html#path>).
//!
//! `$` is the data, `$$` the context object
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html>).
use platgen_source::{is_plain, text_type};

text_type! {
    /// A path that names exactly one place: `$.client.email`, `$.results['My state'].count`,
    /// `$$.Execution.Id` (a "reference path").
    ReferencePath,
    "^\\$\\$?(\\.[^.\\[\\]'\"\\s()<>=!,*?:@$]+|\\[[0-9]+\\]|\\['[^']+'\\])*$",
    "a path to one place, such as $.client.email or $.items[0]",
    |text| reference_length(text) == Some(text.len())
}

/// The letters that end a name in a path.
const AFTER_NAME: &str = ".[]'\"()<>=!,*?:@$";

/// How much of the beginning of a text is a reference path; none if it does not begin with one.
pub fn reference_length(text: &str) -> Option<usize> {
    let root = if text.starts_with("$$") { "$$" } else { "$" };
    let mut rest = text.strip_prefix(root)?;
    while let Some(after) = reference_step(rest) {
        rest = after;
    }
    Some(text.len() - rest.len())
}

/// What follows the first step of a path, `.name`, `[0]` or `['name']`.
fn reference_step(text: &str) -> Option<&str> {
    if let Some(name) = text.strip_prefix('.') {
        let end = name.find(|letter: char| letter.is_whitespace() || AFTER_NAME.contains(letter));
        let rest = &name[end.unwrap_or(name.len())..];
        return (rest.len() < name.len()).then_some(rest);
    }
    if let Some(quoted) = text.strip_prefix("['") {
        let (name, rest) = quoted.split_once('\'')?;
        return rest.strip_prefix(']').filter(|_| !name.is_empty());
    }
    let (index, rest) = text.strip_prefix('[')?.split_once(']')?;
    is_plain(index, 1..=9, b"")
        .then_some(rest)
        .filter(|_| index.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a text speaks of data rather than for itself: `$`, `$.…`, `$[…`, `$$.…`.
pub fn speaks_of_data(text: &str) -> bool {
    let after = text.strip_prefix("$$").or_else(|| text.strip_prefix('$'));
    after.is_some_and(|after| after.is_empty() || after.starts_with(['.', '[']))
}

/// Whether a text that speaks of data is a path, be it to several places: filters, wildcards and
/// slices are left to Step Functions, brackets and quotes must match.
pub fn is_path(text: &str) -> bool {
    speaks_of_data(text)
        && is_balanced(text)
        && !text.ends_with('.')
        && !text.contains("...")
        && !outside_of_brackets(text).any(char::is_whitespace)
}

/// Whether a text calls one of the intrinsic functions, and closes what it opens
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html>).
pub fn is_intrinsic(text: &str) -> bool {
    let called = text.strip_prefix("States.").and_then(|call| call.split_once('('));
    called.is_some_and(|(name, _)| INTRINSICS.contains(&name))
        && text.ends_with(')')
        && is_balanced(text)
}

/// The intrinsic functions, without their common beginning.
const INTRINSICS: [&str; 18] = [
    "Array",
    "ArrayContains",
    "ArrayGetItem",
    "ArrayLength",
    "ArrayPartition",
    "ArrayRange",
    "ArrayUnique",
    "Base64Decode",
    "Base64Encode",
    "Format",
    "Hash",
    "JsonMerge",
    "JsonToString",
    "MathAdd",
    "MathRandom",
    "StringSplit",
    "StringToJson",
    "UUID",
];

/// The path to where the result of a state is put: `$.results.Charge`, `$.results['My state']`.
pub fn result_of(state: &str) -> String {
    let is_word = is_plain(state, 1..=80, b"_") && !state.starts_with(|c: char| c.is_ascii_digit());
    if is_word { format!("$.results.{state}") } else { format!("$.results['{state}']") }
}

/// The state whose result a path reads, if it reads one.
pub fn state_read(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("$.results")?;
    if let Some(quoted) = rest.strip_prefix("['") {
        return quoted.split_once('\'').map(|(name, _)| name);
    }
    let name = rest.strip_prefix('.')?;
    let end = name.find(|letter: char| letter.is_whitespace() || AFTER_NAME.contains(letter));
    Some(&name[..end.unwrap_or(name.len())]).filter(|name| !name.is_empty())
}

/// Whether brackets and parentheses close in order, and every quote ends.
fn is_balanced(text: &str) -> bool {
    let mut open = Vec::new();
    let mut letters = text.chars();
    let mut in_quotes = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if in_quotes => _ = letters.next(),
            '\'' => in_quotes = !in_quotes,
            _ if in_quotes => {}
            '[' => open.push(']'),
            '(' => open.push(')'),
            ']' | ')' if open.pop() != Some(letter) => return false,
            _ => {}
        }
    }
    open.is_empty() && !in_quotes
}

fn outside_of_brackets(text: &str) -> impl Iterator<Item = char> {
    let mut depth = 0_usize;
    text.chars().filter(move |letter| {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn a_reference_path_names_one_place() {
        for good in ["$", "$.a", "$.a.b-c[0]", "$['a b'].c", "$$.Execution.Id", "$.é", "$.a['.']"]
        {
            assert!(ReferencePath::new(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "a",
            "$.",
            "$.a.",
            "$..a",
            "$.a[*]",
            "$.a[-1]",
            "$.a[?(@.b)]",
            "$.a b",
            "$['']",
            "$a",
        ] {
            assert!(ReferencePath::new(bad).is_none(), "{bad}");
        }
        assert_eq!(reference_length("$.a.b >= 1"), Some(5));
        assert_eq!(reference_length("x"), None);
    }

    #[test]
    fn paths_and_calls_are_told_from_texts() {
        for good in ["$", "$$", "$.a[*].b", "$..b", "$.a[?(@.b == 'x y')]", "$$.Task.Token"] {
            assert!(speaks_of_data(good) && is_path(good), "{good}");
        }
        for bad in ["$.a[", "$.a]", "$.a.", "$.a b", "$.a['x]", "$.a..."] {
            assert!(speaks_of_data(bad) && !is_path(bad), "{bad}");
        }
        for text in ["", "$5", "$name", "a$.b", "States.Format"] {
            assert!(!speaks_of_data(text), "{text}");
        }
        for (text, expected) in [
            ("States.UUID()", true),
            ("States.Format('it\\'s {}', $.a)", true),
            ("States.Format('(', $.a)", true),
            ("States.Format('x'", false),
            ("States.Nothing()", false),
            ("States.Format(') , $.a)", false),
        ] {
            assert_eq!(is_intrinsic(text), expected, "{text}");
        }
    }

    #[test]
    fn results_have_their_places() {
        for (state, path) in [
            ("Charge", "$.results.Charge"),
            ("Did it?", "$.results['Did it?']"),
            ("1st", "$.results['1st']"),
        ] {
            assert_eq!(result_of(state), path);
            assert_eq!(state_read(path), Some(state));
            assert!(ReferencePath::new(path).is_some());
        }
        assert_eq!(state_read("$.results.A.count"), Some("A"));
        assert_eq!(state_read("$.results.A[0]"), Some("A"));
        for path in ["$.results", "$.resultsA", "$.other.A", "$.results[0]"] {
            assert_eq!(state_read(path), None, "{path}");
        }
    }
}
