//! The order of the rules of a listener: the more a route says, the earlier it is asked.
//!
//! The order is that of the Gateway API
//! (<https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule>): hosts, then paths, then all
//! other conditions. A priority follows from the route's own conditions, so that it stays when
//! another route comes: every degree of exactness has a block of numbers, and in it a hash of the
//! conditions chooses. Only where two hashes choose the same number, one of them moves on.
use crate::compute::service::route::Conditions;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// The longest path of a condition, in characters
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html#path-conditions>).
const LONGEST_PATH: usize = 128;
/// Twice the letters before the first wildcard, and one more for a path without any.
const PATH_CLASSES: usize = 2 * LONGEST_PATH + 2;
/// How many numbers routes of one host class and one path class have, by their other conditions:
/// none, one, two, more. Most routes have none.
const SLOTS: [usize; 4] = [40, 12, 8, 4];
/// All numbers of one host class and one path class.
const BLOCK: usize = 64;

/// Priorities are whole numbers up to 50,000
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateRule.html>).
pub(super) const LAST_PRIORITY: usize = 50_000;
const _: () = assert!(3 * PATH_CLASSES * BLOCK <= LAST_PRIORITY);
const _: () = assert!(SLOTS[0] + SLOTS[1] + SLOTS[2] + SLOTS[3] == BLOCK);

/// A run of priorities for routes of the same exactness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Class {
    first: usize,
    slots: usize,
}

/// The priority of every route of a listener that has none by hand; `None` where a class is full.
/// `taken` are the priorities that are set by hand.
pub(super) fn assign<'a>(
    routes: impl IntoIterator<Item = &'a Conditions>,
    taken: &BTreeSet<usize>,
) -> BTreeMap<&'a Conditions, Option<usize>> {
    let mut classes: BTreeMap<Class, BTreeSet<&Conditions>> = BTreeMap::new();
    for conditions in routes {
        classes.entry(Class::of(conditions)).or_default().insert(conditions);
    }
    let mut priorities = BTreeMap::new();
    for (class, members) in classes {
        let mut used = taken.clone();
        for conditions in members {
            let free = class.candidates(conditions).find(|candidate| !used.contains(candidate));
            used.extend(free);
            priorities.insert(conditions, free);
        }
    }
    priorities
}

impl Class {
    fn of(conditions: &Conditions) -> Self {
        let paths = PATH_CLASSES - 1 - path_class(&conditions.paths);
        let others = SLOTS.len() - 1 - conditions.extras().min(SLOTS.len() - 1);
        let after_more_exact: usize = SLOTS[SLOTS.len() - others..].iter().sum();
        let block = (host_class(&conditions.hosts) * PATH_CLASSES + paths) * BLOCK;
        Self { first: 1 + block + after_more_exact, slots: SLOTS[SLOTS.len() - 1 - others] }
    }

    /// Every number of the class, beginning with the one that the hash chooses.
    fn candidates(self, conditions: &Conditions) -> impl Iterator<Item = usize> {
        let chosen = hash(conditions);
        (0..self.slots).map(move |step| self.first + (chosen + step) % self.slots)
    }
}

/// Exact hosts come first, then patterns, then routes for every host.
fn host_class(hosts: &BTreeSet<String>) -> usize {
    if hosts.is_empty() {
        2
    } else {
        usize::from(hosts.iter().any(|host| host.contains(['*', '?'])))
    }
}

/// How exact a route is by its paths. The least exact of them counts, so that a route never takes
/// requests from one that says more about them.
fn path_class(paths: &BTreeSet<String>) -> usize {
    let class = |path: &String| match path.find(['*', '?']) {
        Some(letters) => 2 * letters,
        None => 2 * path.len() + 1,
    };
    paths.iter().map(class).min().unwrap_or(0)
}

/// A number that depends on the conditions only, and on every part of them.
fn hash(conditions: &Conditions) -> usize {
    let digest = Sha256::digest(format!("{conditions:?}").as_bytes());
    digest.iter().take(4).fold(0, |number, byte| number * 256 + usize::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;
    use proptest::prelude::*;

    fn conditions(host: &[&str], path: &[&str], methods: &[&str]) -> Conditions {
        let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
        Conditions {
            hosts: texts(host),
            paths: texts(path),
            methods: texts(methods),
            ..Conditions::default()
        }
    }

    #[test]
    fn the_more_a_route_says_the_earlier_it_is_asked() {
        let in_order = [
            conditions(&["a.example.com"], &["/a/b/c"], &["GET"]),
            conditions(&["a.example.com"], &["/a/b/c"], &[]),
            conditions(&["a.example.com"], &["/a/b/*"], &["GET"]),
            conditions(&["a.example.com"], &[], &[]),
            conditions(&["*.example.com"], &["/a/b/c"], &["GET"]),
            conditions(&["*.example.com", "example.com"], &[], &[]),
            conditions(&[], &["/a/b/c/d/*"], &[]),
            conditions(&[], &["/a/b/c/*", "/z/y/x/w/*"], &[]),
            conditions(&[], &["/a/*"], &["GET"]),
            conditions(&[], &["/a/*"], &[]),
            conditions(&[], &["/*.png"], &[]),
            conditions(&[], &[], &["GET"]),
            conditions(&[], &[], &[]),
        ];
        let assigned = assign(&in_order, &BTreeSet::new());
        let priorities: Vec<_> = in_order.iter().map(|route| assigned[route].unwrap()).collect();
        assert!(priorities.is_sorted_by(|one, next| one < next), "{priorities:?}");
        assert!(*priorities.last().unwrap() <= LAST_PRIORITY);
    }

    #[test]
    fn a_longest_path_still_counts() {
        let long = format!("/{}", "a".repeat(LONGEST_PATH - 1));
        let longer = conditions(&["a.example.com"], &[&long], &["GET"]);
        let long = conditions(&["a.example.com"], &[&long[..LONGEST_PATH - 1]], &["GET"]);
        let assigned = assign([&long, &longer], &BTreeSet::new());
        assert!(assigned[&longer] < assigned[&long]);
        assert!(assigned[&longer] >= Some(1));
    }

    #[test]
    fn a_full_class_gives_none_and_hand_made_priorities_are_left_free() {
        let methods: Vec<String> = (0..5).map(|n| "M".repeat(n + 1)).collect();
        let busy = |method: &String| {
            let mut busy = conditions(&[], &["/a"], &[method]);
            busy.headers.insert("x".to_owned(), BTreeSet::from(["1".to_owned()]));
            busy.queries.insert("y".to_owned(), BTreeSet::from(["1".to_owned()]));
            busy
        };
        let routes: Vec<Conditions> = methods.iter().map(busy).collect();
        let none = BTreeSet::new();
        let assigned = assign(&routes, &none);
        assert_eq!(assigned.values().filter(|priority| priority.is_none()).count(), 1);
        let first = assigned.values().flatten().min().copied();
        let again = assign(&routes[..1], &first.into_iter().collect());
        assert_ne!(again[&routes[0]], first);
    }

    fn any_conditions() -> impl Strategy<Value = Conditions> {
        let host = prop::sample::select(vec!["a.example.com", "*.example.com", "b.example.com"]);
        let path = "/[a-c]{0,6}[*]?";
        let method = prop::sample::select(vec!["GET", "PUT", "POST"]);
        (
            prop::collection::vec(host, 0..2),
            prop::collection::vec(path, 0..2),
            prop::collection::vec(method, 0..3),
        )
            .prop_map(|(hosts, paths, methods)| {
                let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
                conditions(&hosts, &paths, &methods)
            })
    }

    proptest! {
        #[test]
        fn priorities_are_different_in_range_and_independent_of_the_order(
            mut routes in prop::collection::vec(any_conditions(), 0..30),
        ) {
            let none = BTreeSet::new();
            let assigned = assign(&routes, &none);
            let given: Vec<usize> = assigned.values().flatten().copied().collect();
            let different: BTreeSet<usize> = given.iter().copied().collect();
            prop_assert_eq!(different.len(), given.len());
            prop_assert!(given.iter().all(|priority| (1..=LAST_PRIORITY).contains(priority)));
            let forward: Vec<_> = assigned.iter().map(|(c, p)| ((*c).clone(), *p)).collect();
            routes.reverse();
            let assigned = assign(&routes, &none);
            let backward: Vec<_> = assigned.iter().map(|(c, p)| ((*c).clone(), *p)).collect();
            prop_assert_eq!(forward, backward);
        }

        #[test]
        fn a_route_of_another_exactness_moves_none(
            routes in prop::collection::vec(any_conditions(), 1..20),
            newcomer in any_conditions(),
        ) {
            let none = BTreeSet::new();
            let before = assign(&routes, &none);
            let after = assign(routes.iter().chain([&newcomer]), &none);
            for (conditions, priority) in before {
                if Class::of(conditions) != Class::of(&newcomer) {
                    prop_assert_eq!(after[conditions], priority);
                }
            }
        }

        #[test]
        fn routes_that_match_less_come_before_those_that_match_more(
            general in any_conditions(),
            word in "[a-z]{1,8}",
        ) {
            let mut special = general.clone();
            special.headers.insert("x-special".to_owned(), BTreeSet::from([word]));
            let both = [general, special];
            let assigned = assign(&both, &BTreeSet::new());
            prop_assert!(assigned[&both[1]] < assigned[&both[0]]);
        }
    }
}
