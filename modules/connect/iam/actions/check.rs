//! Checks one policy statement against the embedded actions: do its actions exist, do they fit its
//! resources and its condition keys, may they be granted at all.
//!
//! Gives sentences and never fails: what to do about a fault is the caller's to decide.

use std::collections::BTreeSet;

use super::exceptions::{EITHER, Exception, GLOBAL_CONDITION_KEYS, NEVER, SENSITIVE, STAR};
use super::{AccessLevel, Action, Actions, fits_condition_key};

/// What a statement says, reduced to what the reference can judge.
#[derive(Clone, Copy, Debug)]
pub struct StatementFacts<'a> {
    /// Full names, such as `sqs:SendMessage`. `*` may stand in the part after the colon; alone, as
    /// in `kms:*`, only in a resource policy.
    pub actions: &'a [&'a str],
    /// The types of the resources named, such as `sqs:queue`, or `*` for any resource.
    pub resource_types: &'a [&'a str],
    /// The condition keys used, such as `aws:SourceArn` or `aws:RequestTag/team`.
    pub condition_keys: &'a [&'a str],
    /// What the policy that it stands in is attached to.
    pub kind: PolicyKind,
}

/// What a policy is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// A role, whose rights it holds: the resources are all there is to limit them.
    Role,
    /// A key, bucket, queue, topic, function and so on, or a role that it lets others take on: `*` is
    /// the resource that the policy belongs to.
    Resource,
}

/// The faults of one statement, as full sentences; none if it is sound.
///
/// If something in it does not exist, only that is reported, because it would make everything else
/// a guess.
pub fn check_statement(facts: &StatementFacts<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    let grants = resolve_actions(facts, &mut faults);
    check_resource_names(facts, &mut faults);
    if !faults.is_empty() {
        return faults;
    }
    for grant in &grants {
        check_rights(grant, &mut faults);
        check_resources_of_grant(facts, grant, &mut faults);
        check_condition_keys(facts, grant, &mut faults);
    }
    check_resources_are_used(facts, &grants, &mut faults);
    faults
}

/// The faults of all statements of one role that allow something, taken together: a call succeeds
/// only if every type its action requires is granted, be it in another statement. Resource policies
/// and unknown actions are passed over.
pub fn check_required_types(statements: &[StatementFacts<'_>]) -> Vec<String> {
    let roles = statements.iter().filter(|facts| facts.kind == PolicyKind::Role);
    let granted: BTreeSet<GrantedType<'_>> = roles.flat_map(granted_types).collect();
    let actions: BTreeSet<(&str, &str)> =
        granted.iter().map(|granted| (granted.service, granted.action)).collect();
    let known = actions
        .into_iter()
        .filter_map(|(service, name)| Actions::embedded().service(service)?.actions.get(name));
    known.flat_map(|action| missing_types(action, &granted)).collect()
}

/// What one entry of a statement's actions stands for.
struct Grant<'a> {
    written: &'a str,
    actions: Vec<&'static Action>,
    /// True for `service:*`, by which a resource policy hands a resource over: no single action is
    /// meant.
    whole_service: bool,
}

/// An action granted on one type of resource of its service, or on `*`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct GrantedType<'a> {
    service: &'static str,
    action: &'static str,
    resource_type: &'a str,
}

fn resolve_actions<'a>(facts: &StatementFacts<'a>, faults: &mut Vec<String>) -> Vec<Grant<'a>> {
    if facts.actions.is_empty() {
        faults.push("The statement names no action.".to_owned());
    }
    let mut grants = Vec::with_capacity(facts.actions.len());
    for written in facts.actions {
        let grant = Grant {
            written,
            actions: Actions::embedded().expand(written),
            whole_service: is_whole_service(written),
        };
        if grant.actions.is_empty() {
            faults.push(unknown_action(written));
        } else if grant.whole_service && facts.kind == PolicyKind::Role {
            faults.push(format!(
                "`{written}` grants every action of the service, which only a resource policy may \
                 do."
            ));
        } else {
            grants.push(grant);
        }
    }
    grants
}

fn is_whole_service(written: &str) -> bool {
    written.split_once(':').is_some_and(|(_, name)| name.bytes().all(|byte| byte == b'*'))
}

fn unknown_action(written: &str) -> String {
    match written.split_once(':') {
        None => {
            format!("`{written}` is not the name of an action: it lacks the prefix of a service.")
        }
        Some((prefix, _)) if Actions::embedded().service(prefix).is_none() => {
            format!("`{written}` is not a known action: no service has the prefix `{prefix}`.")
        }
        Some((prefix, name)) if name.contains('*') => {
            format!("`{written}` fits no action of the service `{prefix}`.")
        }
        Some((prefix, _)) => format!("`{written}` is not an action of the service `{prefix}`."),
    }
}

fn check_resource_names(facts: &StatementFacts<'_>, faults: &mut Vec<String>) {
    if facts.resource_types.is_empty() {
        faults.push("The statement names no resource.".to_owned());
    }
    for given in facts.resource_types {
        if *given != "*" && Actions::embedded().resource_type(given).is_none() {
            faults.push(format!("`{given}` is not a known type of resource."));
        }
    }
}

fn check_rights(grant: &Grant<'_>, faults: &mut Vec<String>) {
    if grant.whole_service {
        return;
    }
    for action in &grant.actions {
        if let Some((_, reason)) = listed(NEVER, action) {
            faults.push(format!("{} must never be granted. {reason}", named(grant, action)));
        } else if let Some(level) = sensitive_level(action)
            && listed(SENSITIVE, action).is_none()
        {
            faults.push(format!(
                "{} is of the access level {level} and not among the sensitive actions that may be \
                 granted.",
                named(grant, action)
            ));
        }
    }
}

fn sensitive_level(action: &Action) -> Option<&'static str> {
    match action.access_level {
        AccessLevel::PermissionsManagement => Some("permissions management"),
        AccessLevel::Tagging => Some("tagging"),
        AccessLevel::List | AccessLevel::Read | AccessLevel::Write => None,
    }
}

fn check_resources_of_grant(
    facts: &StatementFacts<'_>,
    grant: &Grant<'_>,
    faults: &mut Vec<String>,
) {
    if grant.whole_service {
        return;
    }
    for action in &grant.actions {
        if let Some(predicate) = resource_fault(facts, action) {
            faults.push(format!("{} {predicate}", named(grant, action)));
        }
    }
}

/// What is wrong between an action and the resources of its statement, as the predicate of a
/// sentence.
fn resource_fault(facts: &StatementFacts<'_>, action: &Action) -> Option<String> {
    let any_resource = facts.resource_types.contains(&"*");
    if action.resource_types.is_empty() {
        return (!any_resource)
            .then(|| "takes no resource, so its statement must name `*`.".to_owned());
    }
    if any_resource {
        let allowed = facts.kind == PolicyKind::Resource || listed(STAR, action).is_some();
        return (!allowed).then(|| format!("takes {}, so `*` is too wide.", supported(action)));
    }
    let fits = facts.resource_types.iter().any(|given| action.supports(given));
    (!fits).then(|| {
        format!(
            "takes {}, but its statement names {}.",
            supported(action),
            quoted(facts.resource_types)
        )
    })
}

fn check_condition_keys(facts: &StatementFacts<'_>, grant: &Grant<'_>, faults: &mut Vec<String>) {
    for key in facts.condition_keys {
        if GLOBAL_CONDITION_KEYS.iter().any(|global| fits_condition_key(global, key)) {
            continue;
        }
        if grant.whole_service {
            if !service_lists_key(grant, key) {
                faults.push(format!("`{key}` is not a condition key of `{}`.", grant.written));
            }
            continue;
        }
        let strangers = grant.actions.iter().filter(|action| !knows_key(action, key));
        faults.extend(
            strangers.map(|action| {
                format!("`{key}` is not a condition key of {}.", named(grant, action))
            }),
        );
    }
}

fn service_lists_key(grant: &Grant<'_>, key: &str) -> bool {
    grant.actions.first().is_some_and(|action| {
        let service = Actions::embedded().service(action.service);
        service.is_some_and(|service| service.condition_key_type(key).is_some())
    })
}

fn knows_key(action: &Action, key: &str) -> bool {
    action.knows_condition_key(key)
        || Actions::embedded()
            .service(action.service)
            .is_some_and(|service| service.knows_everywhere(key))
}

/// A type that no action takes grants nothing: either it is a slip, or an action is missing.
fn check_resources_are_used(
    facts: &StatementFacts<'_>,
    grants: &[Grant<'_>],
    faults: &mut Vec<String>,
) {
    let actions = grants.iter().flat_map(|grant| &grant.actions);
    for given in facts.resource_types {
        // Whether `*` is right is judged for each action.
        if *given != "*" && !actions.clone().any(|action| action.supports(given)) {
            faults.push(format!(
                "No action of the statement takes a resource of the type `{given}`."
            ));
        }
    }
}

fn granted_types<'a>(facts: &StatementFacts<'a>) -> Vec<GrantedType<'a>> {
    let actions = facts.actions.iter().flat_map(|written| Actions::embedded().expand(written));
    let pairs = actions.flat_map(|action| {
        facts.resource_types.iter().map(move |resource_type| (action, *resource_type))
    });
    pairs
        .map(|(action, resource_type)| GrantedType {
            service: action.service,
            action: action.name,
            resource_type,
        })
        .collect()
}

fn missing_types(action: &Action, granted: &BTreeSet<GrantedType<'_>>) -> Vec<String> {
    let is_granted = |resource_type: &str| {
        granted.contains(&GrantedType {
            service: action.service,
            action: action.name,
            resource_type,
        })
    };
    if is_granted("*") {
        return Vec::new();
    }
    let required = action.resource_types.iter().filter(|supported| supported.required);
    let (held, missing): (Vec<_>, Vec<_>) = required
        .map(|supported| format!("{}:{}", action.service, supported.name))
        .partition(|resource_type| is_granted(resource_type));
    if !held.is_empty() && listed(EITHER, action).is_some() {
        return Vec::new();
    }
    let name = action.full_name();
    let faults = missing.iter().map(|resource_type| {
        format!(
            "`{name}` also needs a resource of the type `{resource_type}`, which no statement \
             names."
        )
    });
    faults.collect()
}

fn listed(exceptions: &'static [Exception], action: &Action) -> Option<&'static Exception> {
    exceptions.iter().find(|(full_name, _)| {
        full_name.strip_prefix(action.service).and_then(|rest| rest.strip_prefix(':'))
            == Some(action.name)
    })
}

/// The action as a sentence names it, with the wildcard that brought it in.
fn named(grant: &Grant<'_>, action: &Action) -> String {
    let full_name = action.full_name();
    if full_name == grant.written {
        format!("`{full_name}`")
    } else {
        format!("`{full_name}` (from `{}`)", grant.written)
    }
}

fn supported(action: &Action) -> String {
    let types = action
        .resource_types
        .iter()
        .map(|supported| format!("{}:{}", action.service, supported.name));
    quoted(&types.collect::<Vec<_>>())
}

fn quoted(names: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests;
