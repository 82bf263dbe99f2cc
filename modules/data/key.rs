//! The customer key of the data module: everything that is kept is encrypted under it.
//!
//! One key for the module, not one per thing: rights are given by IAM with `kms:ViaService`, so a
//! consumer of the table cannot use the key for the bucket.
use super::MODULE;
use crate::aws;
use crate::connect::iam::{Arn, PolicyPlace, Principal, Statement};
use crate::data::bucket::BucketSpec;
use crate::kind::{Kind, Thing};
use crate::kms::customer_key;
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Handle, Value};
use std::collections::BTreeSet;

/// The file of the key.
const FILE: &str = "key";
/// The name of its resources.
const NAME: &str = "data";

/// The handle of the key.
pub fn handle() -> Handle {
    Handle::new(MODULE, Address::managed("aws_kms_key", NAME))
}

/// The ARN of the key.
pub fn arn() -> Value {
    handle().get("arn")
}

/// Puts the key into a document, if anything is encrypted under it.
pub fn lower(platform: &Platform, out: &mut Document) {
    if platform.things.all().any(Thing::keeps_data) {
        let cause = SpecPath::of(["platform"]);
        let place = PolicyPlace { module: MODULE, file: FILE, name: "key", cause: &cause };
        let statements = of_senders(platform, out);
        customer_key(platform, out, &place, NAME, statements);
    }
}

/// What lets in the services that read the objects of buckets in the name of others; those that call
/// a function read nothing of what it keeps. Their sources cannot be named one
/// by one, or the key would have to wait for them; the policy of each target names them
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html#create-oac-overview-s3>).
fn of_senders(platform: &Platform, out: &mut Document) -> Vec<Statement> {
    let senders = platform.connections.all().iter().filter_map(|grant| {
        let target = platform.thing(grant.target.as_ref()?)?;
        let sender = grant.sender.as_ref()?;
        (target.id().kind == BucketSpec::KIND).then_some(sender.service)
    });
    let services: BTreeSet<&str> = senders.collect();
    let statement = |service: &str| {
        let name = service.split('.').next().unwrap_or(service);
        let sources = aws::arn(out, MODULE, name, "*", "*");
        Statement::allow(&["kms:Decrypt"], vec![Arn::any()])
            .to(Principal::Service(Value::from(service)))
            .when("ArnLike", "aws:SourceArn", [sources])
    };
    services.into_iter().map(statement).collect()
}

#[cfg(test)]
mod tests {
    use crate::testing::{addresses, document};

    #[test]
    fn the_key_is_made_only_if_something_is_encrypted_under_it() {
        for (text, expected) in [
            ("[secret.own]", true),
            ("[table.orders]\npartition_key = \"id\"", true),
            ("[secret.foreign]\nexisting = \"team/foreign\"", false),
        ] {
            let document = document(text);
            let found = addresses(&document, "data").contains(&"aws_kms_key.data".to_owned());
            assert_eq!(found, expected, "{text}");
        }
    }
}
