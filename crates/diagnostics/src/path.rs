//! The address of anything in a spec. Diagnostics, origins and explanations all speak it.
use std::fmt;

/// One step of a [`SpecPath`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A key of a table.
    Key(String),
    /// A place in a list, counted from zero.
    Index(usize),
}

/// Where something stands in the merged spec: `service.web.route.main.path[0]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpecPath(Vec<Step>);

impl SpecPath {
    /// The path of the whole spec.
    pub fn root() -> Self {
        Self::default()
    }

    /// A path of keys only.
    pub fn of<const N: usize>(keys: [&str; N]) -> Self {
        Self(keys.iter().map(|key| Step::Key((*key).to_owned())).collect())
    }

    /// This path and one key more.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    /// This path and one list place more.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    /// This path without its last step; the root stays the root.
    #[must_use]
    pub fn parent(&self) -> Self {
        Self(self.0[..self.0.len().saturating_sub(1)].to_vec())
    }

    /// The steps, outermost first.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Whether `self` is `other` or stands below it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// Goes one step down, for readers that walk a tree.
    pub fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    /// Goes one step up again.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    fn with(&self, step: Step) -> Self {
        let mut path = self.clone();
        path.0.push(step);
        path
    }
}

/// Written as a user writes it in TOML; a key that is not bare is quoted.
impl fmt::Display for SpecPath {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            let dot = if place > 0 { "." } else { "" };
            match step {
                Step::Key(key) if is_bare(key) => write!(out, "{dot}{key}")?,
                Step::Key(key) => write!(out, "{dot}{key:?}")?,
                Step::Index(index) => write!(out, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Whether TOML takes the key without quotes (<https://toml.io/en/v1.0.0#keys>).
fn is_bare(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_prints_as_toml_writes_it() {
        let path = SpecPath::of(["service", "web", "env"]).key("a b").index(2).key("x");
        assert_eq!(path.to_string(), "service.web.env.\"a b\"[2].x");
        assert!(path.is_within(&SpecPath::of(["service", "web"])));
        assert_eq!(path.parent().parent(), SpecPath::of(["service", "web", "env"]).key("a b"));
    }
}
