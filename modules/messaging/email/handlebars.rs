//! The grammar of SES templates, as far as a fault in it would only show when a message is sent
//! (<https://docs.aws.amazon.com/ses/latest/dg/send-personalized-email-advanced.html>).

/// The first fault of a template, and its line, counted from one.
pub(super) fn fault(text: &str) -> Option<(usize, String)> {
    let mut scanner = Scanner { text, place: 0, open: Vec::new() };
    loop {
        match scanner.next_tag() {
            Ok(None) => break,
            Ok(Some(tag)) => {
                if let Err(message) = scanner.take(tag) {
                    return Some((scanner.line(), message));
                }
            }
            Err(message) => return Some((scanner.line(), message)),
        }
    }
    let (name, line) = scanner.open.pop()?;
    Some((line, format!("`{{{{#{name}}}}}` is never closed")))
}

struct Scanner<'a> {
    text: &'a str,
    /// Behind the last tag.
    place: usize,
    /// The blocks that are open, and the lines where they begin.
    open: Vec<(&'a str, usize)>,
}

impl<'a> Scanner<'a> {
    fn line(&self) -> usize {
        1 + self.text[..self.place].matches('\n').count()
    }

    /// What stands in the next tag. Comments hold anything; a tag may have a brace more on both sides.
    fn next_tag(&mut self) -> Result<Option<&'a str>, String> {
        let rest = &self.text[self.place..];
        let Some(start) = rest.find("{{") else { return Ok(None) };
        let inside = &rest[start + 2..];
        let (ending, before) = match inside {
            _ if inside.starts_with("!--") => ("--}}", 0),
            _ if inside.starts_with('{') => ("}}}", 1),
            _ => ("}}", 0),
        };
        self.place += start;
        let Some(end) = inside.find(ending) else {
            return Err(format!("a tag begins with `{{{{` and has no `{ending}`"));
        };
        self.place += 2 + end + ending.len();
        Ok(Some(inside[before..end].trim()))
    }

    fn take(&mut self, tag: &'a str) -> Result<(), String> {
        let tag = tag.trim_matches('~').trim();
        match tag.as_bytes().first() {
            None => Err("a tag is empty".to_owned()),
            Some(b'!') => Ok(()),
            Some(b'#') => self.open_block(&tag[1..]),
            Some(b'/') => self.close_block(tag[1..].trim()),
            _ if tag.contains(['{', '}']) => Err(format!("`{tag}` holds a brace")),
            _ => Ok(()),
        }
    }

    /// `#each items`, and `#* inline "name"`.
    fn open_block(&mut self, tag: &'a str) -> Result<(), String> {
        let name = tag.trim_start_matches(['*', '>']).split_whitespace().next();
        let Some(name) = name else { return Err("a block has no name".to_owned()) };
        self.open.push((name, self.line()));
        Ok(())
    }

    fn close_block(&mut self, name: &str) -> Result<(), String> {
        match self.open.pop() {
            Some((open, _)) if open == name => Ok(()),
            Some((open, _)) => Err(format!("`{{{{/{name}}}}}` closes `{{{{#{open}}}}}`")),
            None => Err(format!("`{{{{/{name}}}}}` closes nothing")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    #[test]
    fn faults_are_found_with_their_lines() {
        for (text, expected) in [
            ("", None),
            ("Hi {{name}}, {single} {{{raw}}}", None),
            ("{{#if a}}x{{else}}y{{/if}}{{#each b}}{{this}}{{/each}}", None),
            ("{{! note }}{{!-- {{name}} --}}{{~name~}}", None),
            ("{{#* inline \"p\"}}x{{/inline}}{{> p}}", None),
            ("a\nHi {{name", Some((2, "a tag begins with `{{` and has no `}}`"))),
            ("{{{a}}", Some((1, "a tag begins with `{{` and has no `}}}`"))),
            ("{{ }}", Some((1, "a tag is empty"))),
            ("{{a {b}}", Some((1, "`a {b` holds a brace"))),
            ("{{#}}", Some((1, "a block has no name"))),
            ("\n{{#if a}}\n\n", Some((2, "`{{#if}}` is never closed"))),
            ("{{#if a}}{{/each}}", Some((1, "`{{/each}}` closes `{{#if}}`"))),
            ("{{/if}}", Some((1, "`{{/if}}` closes nothing"))),
        ] {
            let expected = expected.map(|(line, message): (_, &str)| (line, message.to_owned()));
            assert_eq!(fault(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_scanner(text in "[{}#/!~a é\n-]{0,40}") {
            let lines = 1 + text.matches('\n').count();
            prop_assert!(fault(&text).is_none_or(|(line, _)| line <= lines));
        }

        #[test]
        fn a_text_without_doubled_braces_has_no_fault(text in "[^{]{0,40}") {
            prop_assert_eq!(fault(&text), None);
        }
    }
}
