//! What the roles of everything that runs share: one policy for each edge, and room for all of them.
use crate::connect::Grant;
use crate::connect::iam::size::{MOST_LETTERS, least_letters};
use crate::connect::iam::{self, PolicyPlace, Statement};
use crate::kind::ThingId;
use crate::platform::Platform;
use platgen_source::diagnostics::{Diagnostic, code};
use platgen_terraform::{Document, Handle};

/// Which of the rights of a grant a role holds.
pub type RightsOf = fn(&Grant) -> &[Statement];

/// Gives a role what it holds of every edge of a thing, as a policy for each. Gives the policies, each
/// with its edge: what runs must come after them.
pub fn attach_edges<'p>(
    role: &Handle,
    id: &ThingId,
    rights: RightsOf,
    platform: &'p Platform,
    out: &mut Document,
) -> Vec<(&'p Grant, Handle)> {
    let (module, file) = (role.target().module, id.file());
    let mut policies = Vec::new();
    for grant in platform.connections.all().iter().filter(|grant| grant.consumer == *id) {
        let name = format!("{}__{}", role.target().address.name, grant.name());
        let place = PolicyPlace { module, file: &file, name: &name, cause: &grant.cause };
        let policy = iam::attach(out, role, &place, rights(grant));
        policies.extend(policy.map(|policy| (grant, policy)));
    }
    policies
}

/// Finds a role whose policies are longer than AWS takes.
pub fn check_size(id: &ThingId, roles: &[RightsOf], platform: &Platform) -> Option<Diagnostic> {
    let letters = |rights: &RightsOf| -> usize {
        platform.connections.of(id).map(|grant| least_letters(rights(grant))).sum()
    };
    let most = roles.iter().map(letters).max()?;
    (most > MOST_LETTERS).then(|| {
        let message = format!(
            "its rights take {most} letters of policies or more; a role holds {MOST_LETTERS}"
        );
        Diagnostic::at(&code::LIMIT, &id.path().key("uses"), message)
            .help("use fewer things or fewer verbs of each, or make two of it")
    })
}
