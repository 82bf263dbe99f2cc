//! Names: AWS names that fit their limits, and Terraform identifiers that never meet.
use platgen_source::Name;
use sha2::{Digest, Sha256};

/// The beginning of every AWS name: `{environment}-{platform}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefix(String);

impl Prefix {
    /// The prefix of an environment of a platform.
    pub fn new(environment: &Name, platform: &Name) -> Self {
        Self(format!("{environment}-{platform}"))
    }

    /// The prefix itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `{prefix}-{part}-{part}`, however long.
    pub fn full(&self, parts: &[&str]) -> String {
        let mut name = self.0.clone();
        for part in parts {
            name.push('-');
            name.push_str(part);
        }
        name
    }

    /// [`Prefix::full`], cut to `limit` letters. A name that was cut ends in a hash of the
    /// whole, so that two long names stay apart.
    pub fn name(&self, limit: usize, parts: &[&str]) -> String {
        fit(&self.full(parts), limit)
    }

    /// Whether [`Prefix::name`] has to cut.
    pub fn overflows(&self, limit: usize, parts: &[&str]) -> bool {
        self.full(parts).len() > limit
    }

    /// The name with a path in front: `/ecs/{prefix}/{part}`, as log groups are named.
    pub fn path(&self, before: &str, parts: &[&str]) -> String {
        let mut path = format!("{before}/{}", self.0);
        for part in parts {
            path.push('/');
            path.push_str(part);
        }
        path
    }
}

/// How many letters of a hash tell two cut names apart: three bytes, among the few dozen things of
/// one platform.
const HASH_LETTERS: usize = 6;

/// A name of at most `limit` letters: the name itself, or its head and a hash of the whole.
pub fn fit(name: &str, limit: usize) -> String {
    if name.len() <= limit {
        return name.to_owned();
    }
    let head = &name[..limit.saturating_sub(HASH_LETTERS + 1)];
    format!("{}-{}", head.trim_end_matches('-'), short_hash(name))
}

/// Six hexadecimal letters that depend on the whole text.
pub fn short_hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let number = u32::from_be_bytes([0, digest[0], digest[1], digest[2]]);
    format!("{number:0HASH_LETTERS$x}")
}

/// The Terraform identifier of names joined together: `-` becomes `_`, and the joint is `__`.
/// Names have no `_`, no `--` and no `-` at an end, so different names give different identifiers.
pub fn identifier(parts: &[&str]) -> String {
    let words: Vec<String> = parts.iter().map(|part| part.replace('-', "_")).collect();
    words.join("__")
}

/// The name of a variable in a container: `new-orders` gives `NEW_ORDERS`.
pub fn variable_prefix(name: &str) -> String {
    name.replace('-', "_").to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    fn prefix() -> Prefix {
        Prefix::new(&Name::new("dev").unwrap(), &Name::new("shop-of-many-small-things").unwrap())
    }

    #[test]
    fn names_fit_and_stay_apart() {
        let prefix = prefix();
        assert_eq!(prefix.name(64, &["web", "task"]), "dev-shop-of-many-small-things-web-task");
        let one = prefix.name(32, &["notifications", "main"]);
        let other = prefix.name(32, &["notifications", "mail"]);
        assert_eq!(one.len(), 32);
        assert_ne!(one, other);
        assert_eq!(prefix.path("/ecs", &["web"]), "/ecs/dev-shop-of-many-small-things/web");
    }

    proptest! {
        #[test]
        fn a_name_keeps_its_limit_and_its_grammar(name in "[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,9}", limit in 12usize..70) {
            let fitted = fit(&name, limit);
            prop_assert!(fitted.len() <= limit);
            prop_assert!(!fitted.contains("--") && !fitted.ends_with('-'));
        }

        #[test]
        fn identifiers_of_different_names_differ(
            a in prop::collection::vec("[a-z][a-z0-9]{0,2}(-[a-z0-9]{1,2}){0,2}", 1..4),
            b in prop::collection::vec("[a-z][a-z0-9]{0,2}(-[a-z0-9]{1,2}){0,2}", 1..4),
        ) {
            let join = |parts: &[String]| {
                identifier(&parts.iter().map(String::as_str).collect::<Vec<_>>())
            };
            prop_assert_eq!(join(&a) == join(&b), a == b);
        }
    }
}
