//! Customer keys at KMS: those that the platform encrypts under, made alike in every module, and those
//! that an application uses itself.
use crate::aws;
use crate::connect::iam::{self, Arn, PolicyKind, PolicyPlace, Principal, Statement};
use crate::platform::{Head, Platform};
use platgen_terraform::{Document, Handle, ProviderAlias, block, template};

/// Days between two rotations of the material of a key, which is what KMS does if nothing is said
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html>).
pub const ROTATION_DAYS: i64 = 365;
/// Days between the order to delete a key and the end, in production and in development: the longest
/// and the shortest that there are
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html>).
const DELETION_DAYS: [i64; 2] = [30, 7];
/// What an alias begins with.
const ALIAS_START: &str = "alias/";
/// The longest alias without its beginning
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html>).
pub const LONGEST_ALIAS: usize = 256 - ALIAS_START.len();

/// The words of the platform's own keys: their aliases end in them, and outputs of the root are called by
/// them.
pub const OWN: [&str; 5] = ["data", "logs", "messages", "observability", "workflows"];

/// What a customer key of the platform is called, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct KeyPlace<'a> {
    /// The name of its resources.
    pub resource: &'a str,
    /// The word that its alias ends in, one of [`OWN`].
    pub word: &'a str,
    /// Where it stands, if it is not the region of the platform.
    pub provider: Option<ProviderAlias>,
}

/// A key with every detail decided.
#[derive(Debug)]
pub struct CustomerKey<'a> {
    /// The name of its resources.
    pub resource: &'a str,
    /// What people know it by, without what every alias begins with.
    pub alias: &'a str,
    /// What it is for.
    pub description: &'a str,
    /// What it does.
    pub material: Material,
    /// Days between the order to delete it and the end.
    pub deletion_days: i64,
    /// Where it stands, if it is not the region of the platform.
    pub provider: Option<ProviderAlias>,
}

/// What a key is made of, and therefore does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Material {
    /// One secret, by which is encrypted and decrypted. New material takes its place again and again.
    Symmetric {
        /// Days between two rotations.
        rotation_days: i64,
    },
    /// A pair: the private half signs, and never leaves KMS; the public half verifies. It is never
    /// rotated (<https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html>).
    Pair {
        /// The kind of pair, as KMS names it.
        spec: &'static str,
    },
}

/// The alias of the platform's own key of a word, without what every alias begins with.
pub fn own_alias(head: &Head, word: &str) -> String {
    head.prefix.name(LONGEST_ALIAS, &[word])
}

/// Days between the order to delete a key and the end, where nothing is said.
pub fn deletion_days(head: &Head) -> i64 {
    let [production, development] = DELETION_DAYS;
    head.by_profile(production, development)
}

/// Makes a customer key of the platform and its alias in its region, both called `name`.
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

/// Makes a customer key of the platform, and its alias.
pub fn customer_key_at(
    platform: &Platform,
    out: &mut Document,
    place: &PolicyPlace<'_>,
    names: KeyPlace<'_>,
    more: Vec<Statement>,
) -> Handle {
    let KeyPlace { resource, word, provider } = names;
    debug_assert!(OWN.contains(&word), "the own keys of the platform lack `{word}`");
    let head = &platform.head;
    let alias = own_alias(head, word);
    let key = CustomerKey {
        resource,
        alias: &alias,
        description: &format!("{} {word}", head.prefix.as_str()),
        material: Material::Symmetric { rotation_days: ROTATION_DAYS },
        deletion_days: deletion_days(head),
        provider,
    };
    let handle = key.lower(place, more, out);
    let description = format!("The ARN of the key {alias}");
    out.output(&format!("key__{resource}__arn"), handle.get("arn"), &description);
    handle
}

impl CustomerKey<'_> {
    /// Puts the key and its alias into a document. The policy of the key lets the account's IAM decide,
    /// and more statements
    /// (<https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html>).
    pub fn lower(
        &self,
        place: &PolicyPlace<'_>,
        more: Vec<Statement>,
        out: &mut Document,
    ) -> Handle {
        let partition = aws::partition(out, place.module);
        let account = aws::account(out, place.module);
        let root = template!["arn:", partition, ":iam::", account, ":root"];
        let mut statements =
            vec![Statement::allow(&["kms:*"], vec![Arn::any()]).to(Principal::Aws(root))];
        statements.extend(more);
        let policy = iam::policy(out, place, PolicyKind::Resource, &statements);
        let arguments = block! {
            description: self.description,
            key_usage: self.material.usage(),
            customer_master_key_spec: self.material.spec(),
            enable_key_rotation: self.material.rotation_days().map(|_| true),
            rotation_period_in_days: self.material.rotation_days(),
            deletion_window_in_days: self.deletion_days,
            policy: policy,
        };
        let mut file = out.module(place.module).file(place.file);
        let key = file
            .resource("aws_kms_key", self.resource, arguments)
            .cause(place.cause)
            .provider(self.provider)
            .add();
        let alias = format!("{ALIAS_START}{}", self.alias);
        let arguments = block! { name: alias, target_key_id: key.get("key_id") };
        file.resource("aws_kms_alias", self.resource, arguments)
            .cause(place.cause)
            .provider(self.provider)
            .add();
        key
    }
}

/// The words of KMS, where they are not what it takes if nothing is said
/// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html>).
impl Material {
    fn usage(self) -> Option<&'static str> {
        matches!(self, Self::Pair { .. }).then_some("SIGN_VERIFY")
    }

    fn spec(self) -> Option<&'static str> {
        match self {
            Self::Symmetric { .. } => None,
            Self::Pair { spec } => Some(spec),
        }
    }

    fn rotation_days(self) -> Option<i64> {
        match self {
            Self::Symmetric { rotation_days } => Some(rotation_days),
            Self::Pair { .. } => None,
        }
    }
}
