//! The reader: a tree becomes typed sections, and every fault is found in one pass.
use crate::node::{Node, Table, Value};
use crate::schema::{Field, Schemas};
use crate::words::shown;
use platgen_diagnostics::{Code, Diagnostic, SpecPath, Step, code, listed, nearest, suggestion};
use serde_json::Value as Json;

/// A thing that can stand in a spec. Derive it for structs (tables) and enums (words).
pub trait Read: Sized {
    /// Whether a section must hold the key.
    const REQUIRED: bool = true;

    /// Gives the long form of a short one, in place. Runs on every layer before they meet.
    fn expand(_node: &mut Node) {}

    /// Reads a node in its long form. `None` if it cannot be used; the reader knows why.
    fn read(node: &Node, reader: &mut Reader) -> Option<Self>;

    /// What stands for an absent key; `None` where there is nothing sensible.
    fn absent() -> Option<Self> {
        None
    }

    /// The JSON Schema of what a user may write: long and short forms.
    fn schema(schemas: &mut Schemas) -> Json;
}

/// A table of the spec with fixed keys. The derive macro makes it beside [`Read`], so that the keys
/// of one section can stand among those of another.
pub trait Section: Sized {
    /// The keys, those of flattened sections included.
    fn fields() -> Vec<Field>;

    /// Expands what stands at the keys.
    fn expand_fields(table: &mut Table);

    /// Reads what stands at the keys.
    fn read_fields(table: &Table, reader: &mut Reader) -> Option<Self>;
}

/// What is said of an edge: one optional field for each verb. The derive macro makes it beside [`Read`].
pub trait Verbs {
    /// Every verb that there is.
    const ALL: &'static [&'static str];

    /// The verbs that are said, in the order of the fields.
    fn said(&self) -> Vec<&'static str>;
}

/// What a spec says of something else in it: the kind and name, and maybe one of its outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Where it is said.
    pub path: SpecPath,
    /// Whether the key at the end of the path says it, rather than the value.
    pub in_key: bool,
    /// The kind, `database`.
    pub kind: String,
    /// The name, `main`.
    pub name: String,
    /// The words after the name in a placeholder: `host`. Empty where only the thing is named.
    pub output: Vec<String>,
}

/// The key beside the verbs of an edge that is none itself.
pub(crate) const NOT_A_VERB: &str = "as";

/// Walks a tree and collects faults and mentions.
#[derive(Debug, Default)]
pub struct Reader {
    path: SpecPath,
    /// What is wrong.
    pub faults: Vec<Diagnostic>,
    /// What refers to what.
    pub mentions: Vec<Mention>,
}

impl Reader {
    /// Where the reader stands.
    pub fn path(&self) -> &SpecPath {
        &self.path
    }

    /// Reads below a step.
    pub fn at<T>(&mut self, step: Step, read: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let result = read(self);
        self.path.pop();
        result
    }

    /// Notes a fault of the value here.
    pub fn fault(&mut self, code: &'static Code, message: impl Into<String>) {
        self.faults.push(Diagnostic::at(code, &self.path, message));
    }

    /// Notes a fault of the value here, and a remedy.
    pub fn fault_with(&mut self, code: &'static Code, message: impl Into<String>, help: String) {
        self.faults.push(Diagnostic::at(code, &self.path, message).help(help));
    }

    /// Notes that the value here is of another type than expected.
    pub fn wrong_type<T>(&mut self, node: &Node, expected: &str) -> Option<T> {
        self.written_wrong(node, expected, None)
    }

    /// Notes that the value here is of another type than expected, and how to write the same in it.
    pub(crate) fn written_wrong<T>(
        &mut self,
        node: &Node,
        expected: &str,
        remedy: Option<String>,
    ) -> Option<T> {
        let message = format!("expected {expected}, found {}", node.value.describe());
        let fault = Diagnostic::at(&code::WRONG_TYPE, &self.path, message);
        self.faults.push(fault.maybe_help(remedy));
        None
    }

    /// Notes that the value here speaks of a thing, or of one of its outputs.
    pub fn mention(&mut self, kind: &str, name: &str, output: &[&str]) {
        self.mentions.push(Mention {
            path: self.path.clone(),
            in_key: false,
            kind: kind.to_owned(),
            name: name.to_owned(),
            output: output.iter().map(|word| (*word).to_owned()).collect(),
        });
    }

    /// Notes that the key here speaks of a thing.
    pub fn mention_in_key(&mut self, kind: &str, name: &str) {
        self.mention(kind, name, &[]);
        if let Some(mention) = self.mentions.last_mut() {
            mention.in_key = true;
        }
    }

    /// The keys of a section; those that it does not have are faults.
    pub fn section<'n>(&mut self, node: &'n Node, known: &[Field]) -> Option<&'n Table> {
        let Some(table) = node.table() else { return self.wrong_type(node, "a table") };
        for key in table.keys().filter(|key| known.iter().all(|field| field.key != *key)) {
            let message = format!("there is no key `{}` here", shown(key));
            self.unknown(&code::UNKNOWN_KEY, key, message, known);
        }
        Some(table)
    }

    /// The verbs of an edge, and what else its section may hold.
    pub fn verbs<'n>(&mut self, node: &'n Node, known: &[Field]) -> Option<&'n Table> {
        let Some(table) = node.table() else {
            return self.wrong_type(node, "a verb, a list of verbs, or a table of verbs");
        };
        for key in table.keys().filter(|key| known.iter().all(|field| field.key != *key)) {
            let message = format!("`{}` is not offered here", shown(key));
            self.unknown(&code::UNKNOWN_VERB, key, message, known);
        }
        Some(table)
    }

    fn unknown(&mut self, code: &'static Code, key: &str, message: String, known: &[Field]) {
        let fault = Diagnostic::at_key(code, &self.path.key(key), message);
        let known = known.iter().map(|field| field.key).filter(|known| *known != NOT_A_VERB);
        self.faults.push(fault.help(suggestion(&shown(key), known)));
    }

    /// A value of a section. What cannot be read counts as absent from here on, so that the rest of
    /// the section is still checked.
    pub fn field<T: Read>(&mut self, table: &Table, key: &'static str) -> Option<T> {
        let Some(node) = table.get(key) else {
            if T::REQUIRED {
                self.fault(&code::MISSING_KEY, format!("the key `{key}` is missing"));
            }
            return T::absent();
        };
        self.at(Step::Key(key.to_owned()), |reader| T::read(node, reader)).or_else(T::absent)
    }

    /// The place of a word in a list of words.
    pub fn word(&mut self, node: &Node, words: &[&'static str]) -> Option<usize> {
        let Value::String(text) = &node.value else {
            return self.wrong_type(node, &listed(words.iter().copied()));
        };
        let found = words.iter().position(|word| word == text);
        if found.is_none() {
            let text = shown(text);
            let message = format!("`{text}` is not one of {}", listed(words.iter().copied()));
            let help = nearest(&text, words.iter().copied());
            let fault = Diagnostic::at(&code::UNKNOWN_WORD, &self.path, message);
            self.faults.push(fault.maybe_help(help.map(|word| format!("did you mean `{word}`?"))));
        }
        found
    }
}

/// Expands what stands at a key of a section. The derive macro calls it for every field.
pub fn expand_field<T: Read>(table: &mut Table, key: &str) {
    if let Some(node) = table.get_mut(key) {
        T::expand(node);
    }
}

/// A value that is no table stands for a table with this one key.
pub fn expand_short(node: &mut Node, key: &str) {
    if node.table().is_none() {
        *node = Node::table_of(key, node.clone());
    }
}

/// A verb, or a list of verbs, stands for a table of empty verbs. What is not a text stays for the
/// reader to refuse.
pub fn expand_verbs(node: &mut Node) {
    let words: Vec<Node> = match &node.value {
        Value::String(_) => vec![node.clone()],
        Value::Array(items) if items.iter().all(|item| item.text().is_some()) => items.clone(),
        _ => return,
    };
    let mut table = Table::new();
    for word in words {
        if let Some(text) = word.text() {
            table.insert(text.to_owned(), Node::empty_table(word.origin.clone()));
        }
    }
    node.value = Value::Table(table);
}

#[cfg(test)]
mod tests;
