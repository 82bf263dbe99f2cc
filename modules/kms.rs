//! Customer keys at KMS, made alike in every module that encrypts.
use crate::aws;
use crate::connect::iam::{self, Arn, PolicyKind, PolicyPlace, Principal, Statement};
use crate::platform::Platform;
use platgen_terraform::{Document, Handle, ProviderAlias, block, template};

/// Days between two rotations of the material of a key, which is what KMS does if nothing is said
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html>).
const ROTATION_DAYS: i64 = 365;
/// Days between the order to delete a key and the end, in production and in development: the longest
/// and the shortest that there are
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>).
const DELETION_DAYS: [i64; 2] = [30, 7];
/// What an alias begins with.
const ALIAS_START: &str = "alias/";
/// The longest alias, its beginning among it
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html>).
const LONGEST_ALIAS: usize = 256;

/// What a customer key is called, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct KeyPlace<'a> {
    /// The name of its resources.
    pub resource: &'a str,
    /// The word that its alias ends in.
    pub word: &'a str,
    /// Where it stands, if it is not the region of the platform.
    pub provider: Option<ProviderAlias>,
}

/// Makes a customer key and its alias in the region of the platform, both called `name`.
pub fn customer_key(
    platform: &Platform,
    out: &mut Document,
    place: &PolicyPlace<'_>,
    name: &str,
    more: Vec<Statement>,
) -> Handle {
    customer_key_at(
        platform,
        out,
        place,
        KeyPlace { resource: name, word: name, provider: None },
        more,
    )
}

/// Makes a customer key and its alias. The policy of the key lets the account's IAM decide, and more
/// statements (<https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>).
pub fn customer_key_at(
    platform: &Platform,
    out: &mut Document,
    place: &PolicyPlace<'_>,
    names: KeyPlace<'_>,
    more: Vec<Statement>,
) -> Handle {
    let KeyPlace { resource: name, word, provider } = names;
    let partition = aws::partition(out, place.module);
    let account = aws::account(out, place.module);
    let root = template!["arn:", partition, ":iam::", account, ":root"];
    let mut statements =
        vec![Statement::allow(&["kms:*"], vec![Arn::any()]).to(Principal::Aws(root))];
    statements.extend(more);
    let policy = iam::policy(out, place, PolicyKind::Resource, &statements);
    let head = &platform.head;
    let [production, development] = DELETION_DAYS;
    let arguments = block! {
        description: format!("{} {word}", head.prefix.as_str()),
        enable_key_rotation: true,
        rotation_period_in_days: ROTATION_DAYS,
        deletion_window_in_days: head.by_profile(production, development),
        policy: policy,
    };
    let mut file = out.module(place.module).file(place.file);
    let key =
        file.resource("aws_kms_key", name, arguments).cause(place.cause).provider(provider).add();
    let alias = head.prefix.name(LONGEST_ALIAS - ALIAS_START.len(), &[word]);
    let arguments =
        block! { name: format!("{ALIAS_START}{alias}"), target_key_id: key.get("key_id") };
    file.resource("aws_kms_alias", name, arguments).cause(place.cause).provider(provider).add();
    let description = format!("The ARN of the key {alias}");
    out.output(&format!("key__{name}__arn"), key.get("arn"), &description);
    key
}
