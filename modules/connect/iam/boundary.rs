//! The policy that bounds every role of a platform.
//!
//! It is laid on roles once all of them are made, so that no room can make one without it.
use platgen_terraform::{Document, Mode, Value};

/// Lays a policy as the boundary on every role of a document.
pub fn bound(document: &mut Document, policy: &str) {
    let modules = document.modules.values_mut();
    let resources = modules.flat_map(|module| module.resources.iter_mut());
    for (address, resource) in resources {
        if address.mode == Mode::Managed && address.kind == "aws_iam_role" {
            let boundary = Value::from(policy);
            resource.arguments.insert("permissions_boundary".to_owned(), boundary);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{findings_in, platform};
    use pretty_assertions::assert_eq;
    use std::collections::BTreeSet;

    /// Roles of every room that makes some.
    const THINGS: &str = r#"
[service.web]
image = "nginx"
port = 8080
[job.report]
image = "report"
on.schedule.daily = "rate(1 day)"
[table.sent]
partition_key = "id"
"#;

    fn header(platform: &str) -> String {
        format!(
            "spec = 1\n[platform]\nname = \"shop\"\nregion = \"us-east-2\"\n{platform}\n[environment.prod]\n"
        )
    }

    fn boundaries(platform_keys: &str) -> BTreeSet<Option<String>> {
        let platform = platform("prod", &(header(platform_keys) + THINGS));
        let document = crate::lower(&platform);
        let resources = document.modules.values().flat_map(|module| &module.resources);
        let roles = resources.filter(|(address, _)| address.kind == "aws_iam_role");
        let boundary = |(_, role): (_, &platgen_terraform::Resource)| {
            role.arguments.get("permissions_boundary").map(ToString::to_string)
        };
        roles.map(boundary).collect()
    }

    #[test]
    fn every_role_has_the_boundary_of_the_platform() {
        let policy = "arn:aws:iam::123456789012:policy/teams/limits";
        let said = format!("permissions_boundary = \"{policy}\"");
        assert_eq!(boundaries(&said), BTreeSet::from([Some(policy.to_owned())]));
        assert_eq!(boundaries(""), BTreeSet::from([None]));
    }

    #[test]
    fn a_boundary_is_of_the_account_of_its_roles() {
        let cases = [
            ("arn:aws:iam::123456789012:policy/limits", 0),
            ("arn:aws:iam::aws:policy/PowerUserAccess", 0),
            ("arn:aws:iam::210987654321:policy/limits", 1),
        ];
        for (policy, faults) in cases {
            let said = format!("account = \"123456789012\"\npermissions_boundary = \"{policy}\"");
            let found = findings_in("prod", &(header(&said) + THINGS));
            let paths = found.iter().filter(|(_, path, _)| path == "platform.permissions_boundary");
            assert_eq!(paths.count(), faults, "{policy}: {found:?}");
        }
    }
}
