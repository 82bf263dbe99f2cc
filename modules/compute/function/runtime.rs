//! The runtimes of Lambda: which language each runs, and how long AWS keeps it.
//!
//! The dates are AWS's (<https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html>), as they
//! stood in November 2026; AWS moves them now and then. platgen looks at no clock, so the table says
//! what has ended, and a new release of platgen says it anew.
use platgen_source::diagnostics::code;
use platgen_source::{Node, Read, Reader, Schemas, Value, json};
use platgen_terraform::ProviderVersion;

/// A runtime that functions can be made with.
#[derive(Clone, Copy, Debug)]
pub struct Runtime(&'static Offer);

/// The language of a runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// JavaScript.
    Node,
    /// Python.
    Python,
    /// Ruby.
    Ruby,
    /// What runs on the virtual machine of Java.
    Java,
    /// C# and its relatives.
    Dotnet,
    /// A program called `bootstrap`: Go, Rust, C++.
    Provided,
}

/// How well AWS keeps a runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It gets security updates.
    Kept,
    /// It got its last security updates on this day.
    Ended(&'static str),
    /// It gets security updates, but only this version of the provider and later ones know it.
    Newer(ProviderVersion),
}

/// A row of the table.
#[derive(Debug)]
struct Offer {
    word: &'static str,
    language: Language,
    support: Support,
}

/// The runtimes, newest first within a language. Which versions of the provider know the newest ones:
/// <https://github.com/hashicorp/terraform-provider-aws/pull/45024>,
/// <https://github.com/hashicorp/terraform-provider-aws/issues/45864>.
const OFFERS: [Offer; 17] = [
    offer("nodejs24.x", Language::Node, Support::Newer(ProviderVersion(6, 19, 0))),
    offer("nodejs22.x", Language::Node, Support::Kept),
    offer("nodejs20.x", Language::Node, Support::Ended("2026-04-30")),
    offer("python3.14", Language::Python, Support::Newer(ProviderVersion(6, 20, 0))),
    offer("python3.13", Language::Python, Support::Kept),
    offer("python3.12", Language::Python, Support::Kept),
    offer("python3.11", Language::Python, Support::Kept),
    offer("python3.10", Language::Python, Support::Ended("2026-10-31")),
    offer("ruby3.4", Language::Ruby, Support::Kept),
    offer("ruby3.3", Language::Ruby, Support::Kept),
    offer("java25", Language::Java, Support::Newer(ProviderVersion(6, 20, 0))),
    offer("java21", Language::Java, Support::Kept),
    offer("java17", Language::Java, Support::Kept),
    offer("java11", Language::Java, Support::Kept),
    offer("dotnet10", Language::Dotnet, Support::Newer(ProviderVersion(6, 27, 0))),
    offer("dotnet8", Language::Dotnet, Support::Ended("2026-11-10")),
    offer("provided.al2023", Language::Provided, Support::Kept),
];

/// Runtimes that are refused, the day on which AWS ended each, and what to take instead.
const REFUSED: [(&str, &str, &str); 7] = [
    ("nodejs18.x", "2025-09-01", "nodejs22.x"),
    ("nodejs16.x", "2024-06-12", "nodejs22.x"),
    ("python3.9", "2025-12-15", "python3.13"),
    ("python3.8", "2024-10-14", "python3.13"),
    ("ruby3.2", "2026-03-31", "ruby3.4"),
    ("dotnet6", "2024-12-20", "dotnet8"),
    ("go1.x", "2024-01-08", "provided.al2023"),
];

const fn offer(word: &'static str, language: Language, support: Support) -> Offer {
    Offer { word, language, support }
}

impl Runtime {
    /// As Lambda names it.
    pub fn word(self) -> &'static str {
        self.0.word
    }

    /// The language.
    pub fn language(self) -> Language {
        self.0.language
    }

    /// How well AWS keeps it.
    pub fn support(self) -> Support {
        self.0.support
    }
}

impl Read for Runtime {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        if let Value::String(text) = &node.value
            && let Some((word, ended, instead)) = REFUSED.iter().find(|(word, ..)| word == text)
        {
            let message = format!(
                "AWS ended `{word}` on {ended}: it gets no security updates, and Lambda stops \
                 taking functions of it"
            );
            reader.fault_with(&code::UNKNOWN_WORD, message, format!("take `{instead}`"));
            return None;
        }
        reader.word(node, &words()).map(|place| Self(&OFFERS[place]))
    }

    fn schema(_: &mut Schemas) -> json::Value {
        json::json!({ "type": "string", "enum": words() })
    }
}

fn words() -> [&'static str; OFFERS.len()] {
    OFFERS.each_ref().map(|offer| offer.word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_not_offered_and_its_substitute_is() {
        for (word, ended, instead) in REFUSED {
            assert!(!words().contains(&word) && words().contains(&instead), "{word}");
            assert_eq!(ended.len(), "2026-04-30".len(), "{word}");
        }
    }
}
