//! Where the keys of a task stand: in its own section, or in that of the service it is like.
use platgen_source::diagnostics::{SpecPath, Step};

/// The places of a task's keys.
#[derive(Clone, Debug)]
pub struct Places {
    own: SpecPath,
    inherited: Option<Inherited>,
}

/// The section that gives what the own one leaves open.
#[derive(Clone, Debug)]
struct Inherited {
    from: SpecPath,
    /// The keys that the own section sets.
    own_keys: Vec<Vec<String>>,
}

impl Places {
    /// The places of a task that says everything itself.
    pub fn own(section: &SpecPath) -> Self {
        Self { own: section.clone(), inherited: None }
    }

    /// The places of a task that sets some keys and takes the others from another section.
    pub fn like(section: &SpecPath, own_keys: Vec<Vec<String>>, from: &SpecPath) -> Self {
        let inherited = Some(Inherited { from: from.clone(), own_keys });
        Self { own: section.clone(), inherited }
    }

    /// Where a key stands. A key that is set nowhere belongs to the task itself.
    pub fn at(&self, keys: &[&str]) -> SpecPath {
        let section = match &self.inherited {
            Some(inherited) if !inherited.is_own(keys) => &inherited.from,
            _ => &self.own,
        };
        keys.iter().fold(section.clone(), |path, key| path.key(key))
    }

    /// Whether a path lies in the section of another thing, which finds its own faults.
    pub fn is_inherited(&self, path: &SpecPath) -> bool {
        self.inherited.as_ref().is_some_and(|inherited| path.is_within(&inherited.from))
    }

    /// Where to tell of a fault that several keys make together: at the first that the own section
    /// sets. Where it sets none, the fault belongs to the other section.
    pub fn first_own(&self, places: &[SpecPath]) -> SpecPath {
        let own = places.iter().find(|place| !self.is_inherited(place));
        own.or(places.first()).unwrap_or(&self.own).clone()
    }

    /// The place of what a path below the own section speaks of.
    pub fn place_of(&self, path: &SpecPath) -> SpecPath {
        let below = path.steps().get(self.own.steps().len()..).unwrap_or_default();
        let keys: Option<Vec<&str>> = below.iter().map(as_key).collect();
        match keys {
            Some(keys) if !keys.is_empty() => self.at(&keys),
            _ => path.clone(),
        }
    }
}

impl Inherited {
    fn is_own(&self, keys: &[&str]) -> bool {
        let begins = |own: &Vec<String>| {
            own.len() <= keys.len() && own.iter().zip(keys).all(|(own, key)| own == key)
        };
        self.own_keys.iter().any(begins)
    }
}

fn as_key(step: &Step) -> Option<&str> {
    match step {
        Step::Key(key) => Some(key),
        Step::Index(_) => None,
    }
}
