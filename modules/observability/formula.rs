//! Formulas over metrics: `100 * {orders-paid} / {orders-placed}`.
//!
//! They are numbers, metrics in braces, `+ - * /` and parentheses: a part of metric math
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>) in which
//! nothing but declared metrics can be named.
use super::reference::MetricReference;
use platgen_source::diagnostics::code;
use platgen_source::{Name, Node, Read, Reader, Schemas, json, shown};

/// The longest formula, in letters. An expression of metric math may be twice as long
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html>).
const LONGEST: usize = 1024;

/// A formula over metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    pieces: Vec<Piece>,
    fault: Option<String>,
}

/// A piece of a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// A number, an operator or a parenthesis.
    Text(String),
    /// A metric.
    Metric(MetricReference),
}

/// What can come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// A number, a metric or an opening parenthesis.
    Operand,
    /// An operator or a closing parenthesis.
    Operator,
}

impl Formula {
    /// Takes a text apart as far as it is a formula.
    pub fn parse(text: &str) -> Self {
        let mut pieces = Vec::new();
        let fault = parse(text, &mut pieces).err();
        let names_nothing = !pieces.iter().any(|piece| matches!(piece, Piece::Metric(_)));
        let nothing = names_nothing.then(|| "it names no metric".to_owned());
        Self { pieces, fault: fault.or(nothing) }
    }

    /// The pieces in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The metrics that it names, each once, in order.
    pub fn metrics(&self) -> Vec<&MetricReference> {
        let mut metrics: Vec<&MetricReference> = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Metric(metric) if !metrics.contains(&metric) => metrics.push(metric),
                Piece::Metric(_) | Piece::Text(_) => {}
            }
        }
        metrics
    }

    /// What is wrong with it, as a clause.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }
}

fn parse(text: &str, pieces: &mut Vec<Piece>) -> Result<(), String> {
    let mut expected = Expected::Operand;
    let mut open = 0_usize;
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (taken, next) = match (first, expected) {
            ('(', Expected::Operand) => {
                open += 1;
                (1, Expected::Operand)
            }
            (')', Expected::Operator) if open > 0 => {
                open -= 1;
                (1, Expected::Operator)
            }
            ('+' | '-' | '*' | '/', Expected::Operator) => (1, Expected::Operand),
            ('0'..='9', Expected::Operand) => (number(rest), Expected::Operator),
            ('{', Expected::Operand) => {
                let (metric, length) = metric(rest)?;
                pieces.push(Piece::Metric(metric));
                rest = rest[length..].trim_start();
                expected = Expected::Operator;
                continue;
            }
            _ => return Err(format!("`{}` cannot stand where it does", shown(rest))),
        };
        pieces.push(Piece::Text(rest[..taken].to_owned()));
        rest = rest[taken..].trim_start();
        expected = next;
    }
    match (expected, open) {
        (Expected::Operand, _) => Err("a number or a metric is missing at its end".to_owned()),
        (_, 1..) => Err("a parenthesis is not closed".to_owned()),
        _ => Ok(()),
    }
}

/// The length of the number that a text begins with: digits, and maybe a point and digits.
fn number(text: &str) -> usize {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    match text[whole..].strip_prefix('.').map(digits) {
        Some(decimals @ 1..) => whole + 1 + decimals,
        _ => whole,
    }
}

/// The metric in the braces that a text begins with, and the length of it all. A bare name is a metric
/// of the spec's own.
fn metric(text: &str) -> Result<(MetricReference, usize), String> {
    let Some((inside, _)) = text[1..].split_once('}') else {
        return Err("a brace is not closed".to_owned());
    };
    let own = Name::new(inside).map(MetricReference::Own);
    match own.or_else(|| MetricReference::parse(inside)) {
        Some(metric) => Ok((metric, inside.len() + "{}".len())),
        None => Err(format!("`{{{}}}` names no metric", shown(inside))),
    }
}

impl Read for Formula {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        let text = String::read(node, reader)?;
        if !(1..=LONGEST).contains(&text.chars().count()) {
            reader.fault(&code::MALFORMED, format!("a formula has 1 to {LONGEST} letters"));
            return None;
        }
        let formula = Self::parse(&text);
        for metric in formula.metrics() {
            metric.mention(reader);
        }
        Some(formula)
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "string", "minLength": 1, "maxLength": LONGEST })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    #[test]
    fn sound_formulas_name_their_metrics() {
        for (text, metrics) in [
            ("{orders}", vec!["metric.orders"]),
            ("100 * {paid} / {placed}", vec!["metric.paid", "metric.placed"]),
            ("({a}+2.5)/( {metric.b} - {a} )", vec!["metric.a", "metric.b"]),
            ("{service.web.cpu}*1", vec!["service.web.cpu"]),
        ] {
            let formula = Formula::parse(text);
            assert_eq!(formula.fault(), None, "{text}");
            let found: Vec<String> = formula.metrics().iter().map(ToString::to_string).collect();
            assert_eq!(found, metrics, "{text}");
        }
    }

    #[test]
    fn faults_are_told() {
        for (text, part) in [
            ("", "missing at its end"),
            ("{a} +", "missing at its end"),
            ("({a}", "not closed"),
            ("{a", "not closed"),
            ("{a})", "cannot stand"),
            ("{a} {b}", "cannot stand"),
            ("* {a}", "cannot stand"),
            ("{a} ^ 2", "cannot stand"),
            ("SUM({a})", "cannot stand"),
            ("1. * {a}", "cannot stand"),
            ("{A}", "names no metric"),
            ("1 + 1", "names no metric"),
        ] {
            let formula = Formula::parse(text);
            let fault = formula.fault().unwrap_or_default();
            assert!(fault.contains(part), "{text}: {fault}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken_apart(text in "[a-z0-9{}()+*/. -]{0,40}|\\PC{0,20}") {
            let formula = Formula::parse(&text);
            let pieces = formula.pieces().iter().map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Metric(metric) => format!("{{{}}}", metric.to_string().trim_start_matches("metric.")),
            });
            let joined: String = pieces.collect();
            if formula.fault().is_none() {
                prop_assert_eq!(joined, text.replace(char::is_whitespace, "").replace("{metric.", "{"));
            }
        }
    }
}
