//! The signatures of the language's functions
//! (<https://developer.hashicorp.com/terraform/language/functions>).
use super::{Type, text};

/// What a function takes and gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// The types of the arguments that must be given, in their order.
    pub parameters: Vec<Type>,
    /// The type of any number of further arguments.
    pub repeated: Option<Type>,
    /// The type of the result.
    pub result: Type,
}

impl Function {
    /// The type of the argument at a place, counted from zero; nothing, when there is none.
    pub fn parameter(&self, place: usize) -> Option<&Type> {
        self.parameters.get(place).or(self.repeated.as_ref())
    }

    /// Whether the function may be called with so many arguments.
    pub fn takes(&self, count: usize) -> bool {
        count == self.parameters.len() || (count > self.parameters.len() && self.repeated.is_some())
    }
}

/// The function of a signature, or nothing when it is malformed: the result's type, then the
/// parameters' types, the last one with `...` before it when it may be repeated.
pub(super) fn function(signature: &'static str) -> Option<Function> {
    let mut words = signature.split(' ');
    let result = whole(words.next()?)?;
    let mut function = Function { parameters: Vec::new(), repeated: None, result };
    for word in words {
        if function.repeated.is_some() {
            return None;
        }
        match word.strip_prefix("...") {
            Some(repeated) => function.repeated = Some(whole(repeated)?),
            None => function.parameters.push(whole(word)?),
        }
    }
    Some(function)
}

/// The type that a whole word stands for.
fn whole(word: &'static str) -> Option<Type> {
    text::ty(word).filter(|(_, rest)| rest.is_empty()).map(|(ty, _)| ty)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn the_number_of_arguments_follows_the_signature() {
        let fixed = function("s s n").unwrap();
        assert_eq!([1, 2, 3].map(|count| fixed.takes(count)), [false, true, false]);
        assert_eq!((fixed.parameter(1), fixed.parameter(2)), (Some(&Type::Number), None));
        let repeated = function("* s ...n").unwrap();
        assert_eq!([0, 1, 2, 5].map(|count| repeated.takes(count)), [false, true, true, true]);
        assert_eq!(repeated.parameter(4), Some(&Type::Number));
        assert!(function("s").unwrap().takes(0));
    }
}
