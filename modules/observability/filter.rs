//! Filter patterns of CloudWatch Logs, as far as they can be checked without a log
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>).
use platgen_source::text_type;

text_type! {
    /// A filter pattern, at most 1024 letters
    /// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html>).
    FilterPattern,
    "^[\\s\\S]{1,1024}$",
    "1 to 1024 letters",
    |text| (1..=1024).contains(&text.chars().count())
}

/// What a pattern looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON: `{ $.event = "order" }`.
    Json,
    /// Words between spaces, by their names: `[address, user, status = 5*]`.
    Fields(Vec<String>),
    /// Words anywhere: `ERROR -timeout`.
    Terms,
}

/// What a pattern looks at, or what is wrong with it, as a clause. No pattern is every event.
pub fn form(pattern: &str) -> Result<Form, String> {
    let text = pattern.trim();
    if !are_quotes_closed(text) {
        return Err("a quote is not closed".to_owned());
    }
    match text.chars().next() {
        Some('{') => json(text),
        Some('[') => fields(text),
        _ => Ok(Form::Terms),
    }
}

/// What is wrong with where a value is taken from, as a clause: a number, or a selector that the form
/// of the pattern offers.
pub fn value_fault(form: &Form, value: &str) -> Option<String> {
    if value.parse::<f64>().is_ok_and(f64::is_finite) {
        return None;
    }
    match form {
        Form::Json if is_selector(value) => None,
        Form::Json => Some(format!("`{value}` is no number and no selector such as `$.count`")),
        Form::Fields(names) => {
            let name = value.strip_prefix('$').unwrap_or_default();
            let known = names.iter().any(|known| known == name);
            (!known).then(|| format!("`{value}` is no number, and the filter has no such field"))
        }
        Form::Terms => {
            Some(format!("`{value}` is no number, and the filter looks at no JSON and no fields"))
        }
    }
}

fn json(text: &str) -> Result<Form, String> {
    let Some(inside) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
        return Err("it begins with `{` and does not end with `}`".to_owned());
    };
    let plain = without_quoted(inside);
    if !plain.contains("$.") && !plain.contains("$[") {
        return Err("between its braces it names no property such as `$.event`".to_owned());
    }
    let mut open = 0_i64;
    for letter in plain.chars() {
        open += match letter {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        if open < 0 {
            break;
        }
    }
    if open != 0 {
        return Err("its parentheses do not match".to_owned());
    }
    Ok(Form::Json)
}

fn fields(text: &str) -> Result<Form, String> {
    let Some(inside) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return Err("it begins with `[` and does not end with `]`".to_owned());
    };
    let word = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '_';
    let plain = without_quoted(inside);
    let names = plain.split(',').map(|field| field.trim().chars().take_while(word).collect());
    Ok(Form::Fields(names.filter(|name: &String| !name.is_empty()).collect()))
}

/// A property of a JSON event: `$.count`, `$.items[0].price`.
fn is_selector(text: &str) -> bool {
    let inside = |letter: char| letter.is_ascii_alphanumeric() || "_-.[]".contains(letter);
    text.strip_prefix("$.").is_some_and(|rest| !rest.is_empty() && rest.chars().all(inside))
}

fn are_quotes_closed(text: &str) -> bool {
    let mut closed = true;
    let mut escaped = false;
    for letter in text.chars() {
        closed ^= letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
    }
    closed
}

/// The text without what stands in quotes.
fn without_quoted(text: &str) -> String {
    let mut plain = String::new();
    let (mut quoted, mut escaped) = (false, false);
    for letter in text.chars() {
        let quote = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        quoted ^= quote;
        if !quoted && !quote {
            plain.push(letter);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn forms_are_known() {
        let fields = |names: [&str; 3]| Form::Fields(names.map(str::to_owned).to_vec());
        for (pattern, form_) in [
            ("", Form::Terms),
            ("ERROR -timeout \"two words\"", Form::Terms),
            ("%5[0-9]{2}%", Form::Terms),
            ("{ $.event = \"order.placed\" }", Form::Json),
            ("{ ($.a = 1) && ($.b[0].c != \")\") }", Form::Json),
            ("[ip, user, status = 5*]", fields(["ip", "user", "status"])),
        ] {
            assert_eq!(form(pattern), Ok(form_), "{pattern}");
        }
    }

    #[test]
    fn faults_are_told() {
        for (pattern, part) in [
            ("{ $.event = \"order }", "quote"),
            ("{ $.event = 1", "end with `}`"),
            ("{ event = 1 }", "names no property"),
            ("{ \"$.event\" = 1 }", "names no property"),
            ("{ ($.event = 1 }", "parentheses"),
            ("{ $.event = 1) ( }", "parentheses"),
            ("[ip, user", "end with `]`"),
        ] {
            let fault = form(pattern).unwrap_err();
            assert!(fault.contains(part), "{pattern}: {fault}");
        }
    }

    #[test]
    fn values_come_from_what_the_pattern_looks_at() {
        let fields = Form::Fields(vec!["size".to_owned()]);
        for (form, value, good) in [
            (&Form::Terms, "1", true),
            (&Form::Terms, "2.5", true),
            (&Form::Terms, "$.count", false),
            (&Form::Terms, "NaN", false),
            (&Form::Json, "$.count", true),
            (&Form::Json, "$.items[0].price", true),
            (&Form::Json, "$count", false),
            (&Form::Json, "$.", false),
            (&fields, "$size", true),
            (&fields, "$count", false),
            (&fields, "size", false),
        ] {
            assert_eq!(value_fault(form, value).is_none(), good, "{value}");
        }
    }
}
