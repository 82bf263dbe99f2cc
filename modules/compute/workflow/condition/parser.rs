//! The grammar of conditions, by recursive descent.
use super::lexer::{Placed, Token, words};
use super::{Comparison, Condition, ConditionFault, Operand, Quality, Test};
use platgen_source::diagnostics::suggestion;

/// How deep parentheses and `not` may be nested; deeper ones are a slip, and would fill the stack.
const DEEPEST: usize = 32;

/// The words that say what something is.
const QUALITIES: [(&str, Quality); 6] = [
    ("present", Quality::Present),
    ("null", Quality::Null),
    ("string", Quality::Text),
    ("number", Quality::Number),
    ("boolean", Quality::Boolean),
    ("timestamp", Quality::Timestamp),
];

/// Takes a text apart.
pub(super) fn parse(text: &str) -> Result<Condition, ConditionFault> {
    let words = words(text)?;
    let mut parser = Parser { words: &words, end: text.chars().count() + 1 };
    let condition = parser.any(0)?;
    match parser.words.first() {
        None => Ok(condition),
        Some(_) => parser.fault("expected `and`, `or` or the end"),
    }
}

/// What is left of the words.
struct Parser<'a> {
    words: &'a [Placed],
    end: usize,
}

type Parsed<T> = Result<T, ConditionFault>;

impl<'a> Parser<'a> {
    fn any(&mut self, depth: usize) -> Parsed<Condition> {
        let mut conditions = vec![self.all(depth)?];
        while self.takes("or") {
            conditions.push(self.all(depth)?);
        }
        Ok(joined(conditions, Condition::Any))
    }

    fn all(&mut self, depth: usize) -> Parsed<Condition> {
        let mut conditions = vec![self.single(depth)?];
        while self.takes("and") {
            conditions.push(self.single(depth)?);
        }
        Ok(joined(conditions, Condition::All))
    }

    fn single(&mut self, depth: usize) -> Parsed<Condition> {
        if depth > DEEPEST {
            return self.fault("this is nested too deep");
        }
        if self.takes("not") {
            return Ok(Condition::Not(Box::new(self.single(depth + 1)?)));
        }
        match self.token() {
            Some(Token::Open) => {
                self.skip();
                let condition = self.any(depth + 1)?;
                match self.token() {
                    Some(Token::Close) => self.skip(),
                    _ => return self.fault("expected `)`"),
                }
                Ok(condition)
            }
            Some(Token::Path(path)) => {
                self.skip();
                Ok(Condition::Test(path.clone(), self.test()?))
            }
            _ => self.fault("expected a path such as `$.results.Bids.count`"),
        }
    }

    fn test(&mut self) -> Parsed<Test> {
        if self.takes("is") {
            let is_negated = self.takes("not");
            let quality = self.quality()?;
            return Ok(if is_negated { Test::IsNot(quality) } else { Test::Is(quality) });
        }
        if self.takes("matches") {
            let Some(Token::Text(pattern)) = self.token() else {
                return self.fault("expected a text in single quotes, with `*` for any letters");
            };
            self.skip();
            return Ok(Test::Matches(pattern.clone()));
        }
        let Some(Token::Comparison(comparison)) = self.token() else {
            return self.fault("expected `==`, `!=`, `<`, `<=`, `>`, `>=`, `is` or `matches`");
        };
        self.skip();
        self.compared(*comparison)
    }

    fn quality(&mut self) -> Parsed<Quality> {
        let known = QUALITIES.map(|(word, _)| word);
        let word = match self.token() {
            Some(Token::Word(word)) => word.as_str(),
            _ => "",
        };
        let Some((_, quality)) = QUALITIES.iter().find(|(known, _)| *known == word) else {
            return self.fault(&format!("this is no kind of value; {}", suggestion(word, known)));
        };
        self.skip();
        Ok(*quality)
    }

    /// The operand of a comparison. True, false and null have no order.
    fn compared(&mut self, comparison: Comparison) -> Parsed<Test> {
        let has_order = !matches!(comparison, Comparison::Equal | Comparison::Different);
        let operand = match self.token() {
            Some(Token::Text(text)) => Operand::Text(text.clone()),
            Some(Token::Integer(number)) => Operand::Integer(*number),
            Some(Token::Decimal(number)) => Operand::Decimal(*number),
            Some(Token::Timestamp(time)) => Operand::Timestamp(time.clone()),
            Some(Token::Path(path)) => Operand::Path(path.clone()),
            Some(Token::Word(word)) => match word.as_str() {
                "true" | "false" | "null" if has_order => {
                    return self.fault(&format!("`{word}` is neither less nor greater"));
                }
                "true" => Operand::Boolean(true),
                "false" => Operand::Boolean(false),
                "null" => Operand::Null,
                _ => return self.fault(&format!("a text stands in single quotes: '{word}'")),
            },
            _ => return self.fault("expected a value: a text in single quotes, a number, a path"),
        };
        self.skip();
        Ok(Test::Compare(comparison, operand))
    }

    fn token(&self) -> Option<&'a Token> {
        self.words.first().map(|word| &word.token)
    }

    fn skip(&mut self) {
        self.words = self.words.get(1..).unwrap_or_default();
    }

    /// Goes past a word if it comes next.
    fn takes(&mut self, expected: &str) -> bool {
        let is_next = matches!(self.token(), Some(Token::Word(word)) if word == expected);
        if is_next {
            self.skip();
        }
        is_next
    }

    fn fault<T>(&self, message: &str) -> Parsed<T> {
        let column = self.words.first().map_or(self.end, |word| word.column);
        Err(ConditionFault { column, message: message.to_owned() })
    }
}

/// One condition of several; a single one stays itself.
fn joined(mut conditions: Vec<Condition>, join: fn(Vec<Condition>) -> Condition) -> Condition {
    match conditions.len() {
        1 => conditions.remove(0),
        _ => join(conditions),
    }
}
