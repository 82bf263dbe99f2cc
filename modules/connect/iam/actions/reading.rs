//! Reads the lines of one service of `actions.txt`; the head of that file says what each column
//! means.

use std::sync::Arc;

use super::{AccessLevel, Action, ConditionKeyType, Service, SupportedType};

/// Reads what stands below a line `service`.
///
/// # Panics
/// If a line breaks the format: the text is part of the binary, so that is a bug in platgen.
pub(super) fn read_service(prefix: &'static str, text: &'static str) -> Service {
    let mut reader = Reader::new(prefix);
    for line in text.lines() {
        assert!(
            reader.read(line).is_some(),
            "platgen has a bug: the embedded IAM actions of {prefix} have a malformed line: {line}"
        );
    }
    reader.service
}

/// A service half read, with the lists that later lines refer to by number.
struct Reader {
    prefix: &'static str,
    service: Service,
    keys: Vec<&'static str>,
    key_lists: Vec<Arc<[&'static str]>>,
    no_keys: Arc<[&'static str]>,
}

impl Reader {
    fn new(prefix: &'static str) -> Reader {
        Reader {
            prefix,
            service: Service::default(),
            keys: Vec::new(),
            key_lists: Vec::new(),
            no_keys: Arc::default(),
        }
    }

    /// Takes in one line; `None` if it breaks the format.
    fn read(&mut self, line: &'static str) -> Option<()> {
        let (word, columns) = line.split_once('\t')?;
        match word {
            "type" => self.read_resource_type(columns),
            "key" => {
                let key = self.read_condition_key(columns)?;
                self.keys.push(key);
                Some(())
            }
            "service-key" => {
                let key = self.read_condition_key(columns)?;
                self.service.keys_of_any_action.push(key);
                Some(())
            }
            "keys" => self.read_key_list(columns),
            level => self.read_action(access_level(level)?, columns),
        }
    }

    fn read_resource_type(&mut self, columns: &'static str) -> Option<()> {
        let (name, arn) = columns.split_once('\t')?;
        self.service.resource_types.insert(name, arn);
        Some(())
    }

    fn read_condition_key(&mut self, columns: &'static str) -> Option<&'static str> {
        let (key, kind) = columns.split_once('\t')?;
        self.service.condition_keys.insert(key, condition_key_type(kind)?);
        Some(key)
    }

    fn read_key_list(&mut self, columns: &'static str) -> Option<()> {
        let numbers = columns.split(' ');
        let keys = numbers.map(|number| self.keys.get(number.parse::<usize>().ok()?).copied());
        let list: Arc<[&'static str]> = keys.collect::<Option<_>>()?;
        self.key_lists.push(list);
        Some(())
    }

    fn read_action(&mut self, access_level: AccessLevel, columns: &'static str) -> Option<()> {
        let mut columns = columns.split('\t');
        let name = columns.next()?;
        let types = columns.next().unwrap_or_default();
        let condition_keys = match columns.next() {
            Some(number) => self.key_lists.get(number.parse::<usize>().ok()?)?,
            None => &self.no_keys,
        };
        let action = Action {
            service: self.prefix,
            name,
            access_level,
            resource_types: supported_types(types),
            condition_keys: Arc::clone(condition_keys),
        };
        self.service.actions.insert(name, action);
        columns.next().is_none().then_some(())
    }
}

/// The types an action takes. That the service has them is left to a test of the whole text.
fn supported_types(column: &'static str) -> Vec<SupportedType> {
    let marked = column.split(',').filter(|marked| !marked.is_empty());
    let types = marked.map(|marked| {
        let name = marked.strip_suffix('*').unwrap_or(marked);
        SupportedType { name, required: name != marked }
    });
    types.collect()
}

fn access_level(word: &str) -> Option<AccessLevel> {
    match word {
        "list" => Some(AccessLevel::List),
        "read" => Some(AccessLevel::Read),
        "write" => Some(AccessLevel::Write),
        "tagging" => Some(AccessLevel::Tagging),
        "permissions" => Some(AccessLevel::PermissionsManagement),
        _ => None,
    }
}

fn condition_key_type(word: &str) -> Option<ConditionKeyType> {
    match word {
        "ARN" => Some(ConditionKeyType::Arn),
        "ArrayOfARN" => Some(ConditionKeyType::ArrayOfArn),
        "ArrayOfBool" => Some(ConditionKeyType::ArrayOfBool),
        "ArrayOfString" => Some(ConditionKeyType::ArrayOfString),
        "Bool" => Some(ConditionKeyType::Bool),
        "Date" => Some(ConditionKeyType::Date),
        "Numeric" => Some(ConditionKeyType::Numeric),
        "String" => Some(ConditionKeyType::String),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    /// A service small enough to see through, with something of everything.
    const SERVICE: &[&str] = &[
        "type\tbox\tarn:${Partition}:post:${Region}:${Account}:box/${Name}",
        "type\tbox lid\tarn:${Partition}:post:${Region}:${Account}:lid/${Name}",
        "key\tpost:Size\tNumeric",
        "key\tpost:Stamps\tArrayOfString",
        "service-key\taws:ResourceTag/${TagKey}\tString",
        "keys\t0 1",
        "keys\t1",
        "write\tSend\tbox*,box lid\t1",
        "list\tListBoxes",
    ];

    fn reader() -> Reader {
        let mut reader = Reader::new("post");
        for line in SERVICE {
            assert_eq!(reader.read(line), Some(()), "{line}");
        }
        reader
    }

    #[test]
    fn reads_every_kind_of_line() {
        let service = reader().service;
        let send = Action {
            service: "post",
            name: "Send",
            access_level: AccessLevel::Write,
            resource_types: vec![
                SupportedType { name: "box", required: true },
                SupportedType { name: "box lid", required: false },
            ],
            condition_keys: Arc::from(["post:Stamps"]),
        };
        assert_eq!(service.actions["Send"], send);
        assert!(service.actions["ListBoxes"].resource_types.is_empty());
        assert_eq!(service.condition_key_type("post:Size"), Some(ConditionKeyType::Numeric));
        assert_eq!(service.keys_of_any_action, ["aws:ResourceTag/${TagKey}"]);
    }

    #[test]
    fn refuses_malformed_lines() {
        let malformed = [
            "",
            "type",
            "type\tbox",
            "key\tpost:Size",
            "key\tpost:Size\tnumber",
            "keys\t",
            "keys\t0 2",
            "keys\tfirst",
            "erase\tSend",
            "write\tSend\tbox\t7",
            "write\tSend\tbox\tsecond",
            "write\tSend\tbox\t0\tmore",
        ];
        for line in malformed {
            assert_eq!(reader().read(line), None, "{line:?}");
        }
    }
}
