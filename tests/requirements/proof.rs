//! Whether what a line says is so.
use crate::data::{AbsentProof, Cell, OfflineProof, Platform, Proof, Row, TestProof, ValueProof};
use crate::rendered::{Rendered, contains, values};
use platgen::pipeline::{Lowered, compile, understand};
use platgen::source_map::Detail;
use platgen::spec::load;
use platgen_source::Merged;
use platgen_source::diagnostics::SpecPath;
use std::fs;
use std::path::{Path, PathBuf};

/// What a line begins with that a test, a check or a step stands in.
const TESTS: [&str; 8] = ["fn ", "def ", "test(", "it(", "describe(", "step ", "begin ", "@"];

/// The example that lines are held against.
pub(crate) struct Example {
    trees: Vec<Merged>,
    environments: Vec<Rendered>,
}

impl Example {
    /// Compiles the example of a platform.
    pub(crate) fn of(platform: &Platform) -> Self {
        let spec: PathBuf = ["examples", &platform.name, "platform.toml"].iter().collect();
        let understood = understand(load(&spec), &[]).unwrap();
        let merged = |lowered: Lowered| lowered.merged;
        let roots = compile(load(&spec), &[], Detail::Resources).unwrap().roots;
        Self {
            trees: understood.lowered.into_iter().map(merged).collect(),
            environments: roots.iter().map(Rendered::of).collect(),
        }
    }

    /// What is wrong with a line, one sentence each.
    pub(crate) fn faults(&self, row: &Row) -> Vec<String> {
        let mut faults = self.faults_of_keys(&row.keys);
        faults.extend(self.faults_of_addresses(row));
        faults.extend(row.proof.iter().flat_map(|proof| self.faults_of(proof, row)));
        let shown = row.proof.iter().any(|proof| !matches!(proof, Proof::Offline(_)));
        faults.extend((!shown).then(|| "nothing shows it, or stands in for it".to_owned()));
        let empty = row.seed.is_empty() || row.decision.as_ref().is_some_and(String::is_empty);
        faults.extend(empty.then(|| "a text is empty".to_owned()));
        faults.into_iter().map(|fault| format!("  {}: {fault}", row.seed)).collect()
    }

    fn faults_of_keys(&self, keys: &Cell) -> Vec<String> {
        let is_there =
            |key: &str| self.trees.iter().any(|tree| tree.tree.get(&path(key)).is_some());
        of_cell(keys, |key| (!is_there(key)).then(|| format!("the spec has no `{key}`")))
    }

    fn faults_of_addresses(&self, row: &Row) -> Vec<String> {
        let mut faults = of_cell(&row.addresses, |pattern| {
            self.environments.iter().find_map(|environment| no_match(environment, pattern))
        });
        for (name, patterns) in &row.only_in {
            let Some(environment) = self.environments.iter().find(|one| one.environment == *name)
            else {
                faults.push(format!("there is no environment `{name}`"));
                continue;
            };
            faults.extend(patterns.iter().filter_map(|pattern| no_match(environment, pattern)));
        }
        faults
    }

    fn faults_of(&self, proof: &Proof, row: &Row) -> Vec<String> {
        match proof {
            Proof::Value(proof) => self.faults_of_value(proof, row),
            Proof::Absent(AbsentProof { absent }) => self
                .environments
                .iter()
                .filter(|environment| !environment.matching(absent).is_empty())
                .map(|environment| format!("{} has `{absent}`", environment.environment))
                .collect(),
            Proof::Test(proof) => proof.fault().into_iter().collect(),
            Proof::Offline(OfflineProof { offline }) => {
                offline.is_empty().then(|| "a reason is empty".to_owned()).into_iter().collect()
            }
        }
    }

    fn faults_of_value(&self, proof: &ValueProof, row: &Row) -> Vec<String> {
        let wanted = |one: &&Rendered| {
            proof.environment.as_ref().is_none_or(|wanted| one.environment == *wanted)
        };
        let environments: Vec<&Rendered> = self.environments.iter().filter(wanted).collect();
        if environments.is_empty() {
            return vec!["a proof is of an environment that is not there".to_owned()];
        }
        let patterns: Vec<&str> = match (&proof.of, &row.addresses) {
            (Some(pattern), _) => vec![pattern],
            (None, Cell::Listed(patterns)) => patterns.iter().map(String::as_str).collect(),
            (None, Cell::None(_)) => return vec!["a proof says not of what".to_owned()],
        };
        let all = environments.iter().flat_map(|one| patterns.iter().map(move |two| (one, two)));
        all.filter_map(|(environment, pattern)| proof.fault(environment, pattern)).collect()
    }
}

impl ValueProof {
    /// What is wrong with the bodies that fit a pattern.
    fn fault(&self, environment: &Rendered, pattern: &str) -> Option<String> {
        let bodies = environment.matching(pattern);
        let place = format!("{} {pattern} {}", environment.environment, self.path());
        if bodies.is_empty() {
            return Some(format!("{place}: there is none"));
        }
        let mut count = 0;
        for (address, body) in bodies {
            let found = self.the.as_ref().map_or_else(|| vec![body], |path| values(body, path));
            count += found.len();
            if found.is_empty() {
                return Some(format!("{place}: {address} does not say it"));
            }
            let is = self.is.as_ref().is_none_or(|is| found.iter().all(|value| *value == is));
            let has =
                self.has.as_ref().is_none_or(|has| found.iter().any(|value| contains(value, has)));
            let lacks = self
                .lacks
                .as_ref()
                .is_none_or(|lacks| !found.iter().any(|value| contains(value, lacks)));
            if !(is && has && lacks) {
                let found: Vec<String> = found.iter().map(ToString::to_string).collect();
                return Some(format!("{place}: {address} says {}", found.join(", ")));
            }
        }
        let expected = self.count.unwrap_or(count);
        let says_nothing =
            self.is.is_none() && self.has.is_none() && self.lacks.is_none() && self.count.is_none();
        if says_nothing {
            return Some(format!("{place}: the proof expects nothing"));
        }
        (count != expected).then(|| format!("{place}: {count} instead of {expected}"))
    }

    /// The path, or nothing.
    fn path(&self) -> &str {
        self.the.as_deref().unwrap_or("")
    }
}

impl TestProof {
    /// What is wrong with it.
    fn fault(&self) -> Option<String> {
        let text = fs::read_to_string(Path::new(&self.file)).unwrap_or_default();
        let is_test = |line: &str| {
            let line = line.trim_start().trim_start_matches("async ");
            TESTS.iter().any(|start| line.starts_with(start)) && line.contains(&self.test)
        };
        let found = !self.test.is_empty() && text.lines().any(is_test);
        (!found).then(|| format!("{} has no test `{}`", self.file, self.test))
    }
}

fn no_match(environment: &Rendered, pattern: &str) -> Option<String> {
    let found = !environment.matching(pattern).is_empty();
    (!found).then(|| format!("{} has no `{pattern}`", environment.environment))
}

/// The faults of a cell: of each of its places, or that it says nothing at all.
fn of_cell(cell: &Cell, fault: impl Fn(&str) -> Option<String>) -> Vec<String> {
    match cell {
        Cell::Listed(places) if !places.is_empty() => {
            places.iter().filter_map(|place| fault(place)).collect()
        }
        Cell::None(reason) if !reason.is_empty() => Vec::new(),
        _ => vec!["a cell is empty".to_owned()],
    }
}

fn path(key: &str) -> SpecPath {
    key.split('.').fold(SpecPath::root(), |path, step| path.key(step))
}
