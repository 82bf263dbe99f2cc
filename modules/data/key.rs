//! The customer key of the data module: everything that is kept is encrypted under it.
//!
//! One key for the module, not one per thing: rights are given by IAM with `kms:ViaService`, so a
//! consumer of the table cannot use the key for the bucket.
use super::MODULE;
use crate::connect::iam::{self, Arn, PolicyKind, PolicyPlace, Principal, Statement};
use crate::platform::Platform;
use crate::{aws, network};
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Handle, Value, block, template};

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

/// A right to use the key through the service that keeps the data.
pub fn right(actions: &[&'static str], service: &str, region: &str) -> Statement {
    Statement::allow(actions, vec![Arn::new("kms:key", arn())]).via(service, region)
}

/// Puts the key into a document, if anything is encrypted under it.
pub fn lower(platform: &Platform, out: &mut Document) {
    let things = &platform.things;
    let used = !things.database.is_empty()
        || !things.table.is_empty()
        || !things.bucket.is_empty()
        || !things.cache.is_empty()
        || !things.secret.is_empty();
    if used {
        let cause = SpecPath::of(["platform"]);
        let place = PolicyPlace { module: MODULE, file: FILE, name: "key", cause: &cause };
        customer_key(platform, out, &place, NAME, Vec::new());
    }
}

/// Makes a customer key whose policy lets the account's IAM decide, and more statements
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>).
pub fn customer_key(
    platform: &Platform,
    out: &mut Document,
    place: &PolicyPlace<'_>,
    name: &str,
    more: Vec<Statement>,
) -> Handle {
    let partition = aws::partition(out, place.module);
    let account = aws::account(out, place.module);
    let root = template!["arn:", partition, ":iam::", account, ":root"];
    let mut statements =
        vec![Statement::allow(&["kms:*"], vec![Arn::any()]).to(Principal::Aws(root))];
    statements.extend(more);
    let policy = iam::policy(out, place, PolicyKind::Resource, &statements);
    let mut file = out.module(place.module).file(place.file);
    let key = file
        .resource(
            "aws_kms_key",
            name,
            block! {
                description: format!("{} {name}", platform.head.prefix.as_str()),
                enable_key_rotation: true,
                rotation_period_in_days: 365,
                deletion_window_in_days: platform.head.by_profile(30, 7),
                policy: policy,
            },
        )
        .cause(place.cause)
        .add();
    let alias = format!("alias/{}", platform.head.prefix.name(250, &[name]));
    file.resource("aws_kms_alias", name, block! { name: alias, target_key_id: key.get("key_id") })
        .cause(place.cause)
        .add();
    key
}

/// The key that encrypts logs stands in the network module, which everything else comes after.
pub fn logs_key_arn() -> Value {
    network::logs_key().get("arn")
}
