//! What a spec may say of a user pool.
use super::attributes::{AttributeName, AttributeSpec, StandardAttribute};
use super::client::{ClientSpec, ResourceServerSpec};
use super::trigger::TriggerSpec;
use crate::messaging::email::EmailSpec;
use crate::network::firewall::FirewallSpec;
use crate::reference::{NameOf, Reference};
use crate::text::PlainText;
use platgen_source::{Count, Duration, Name, OneOrMore, Read, Things};
use std::collections::BTreeMap;

/// A user pool of Cognito: the users of one audience, and the tokens that they get. Two pools share
/// nothing: neither users, nor clients, nor issuers.
#[derive(Debug, Read)]
pub struct UserPoolSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// What users sign in with. By default `email`. It cannot be changed once the pool is made.
    // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html#user-pool-settings-aliases
    pub sign_in: Option<OneOrMore<SignIn>>,
    /// Who makes accounts. By default users themselves.
    pub sign_up: Option<SignUp>,
    /// What a user must prove to own, at sign-up and at every change. By default `email`.
    pub verify: Option<Vec<Verified>>,
    /// The message with which an address is verified. By default that of Cognito, with a code.
    pub verification: Option<VerificationSpec>,
    /// The message to users whose account others have made. By default that of Cognito.
    pub invitation: Option<MessageSpec>,
    /// How a lost password is replaced. By default by a code to the verified address, and by
    /// administrators alone if none is verified.
    pub recovery: Option<Recovery>,
    /// The second factor: codes of an authenticator app. By default `optional`.
    pub mfa: Option<Mfa>,
    /// What passwords must be.
    pub password: PasswordSpec,
    /// Which devices need no second factor again. By default none.
    pub remember_devices: Option<RememberDevices>,
    /// The standard attributes that every user has. By default `email`, where it is verified. They
    /// cannot be changed once the pool is made.
    pub required: Option<Vec<StandardAttribute>>,
    /// Attributes of your own, `custom:<name>` in tokens. They can be added later, but neither changed
    /// nor removed. Users cannot write them unless a client says so.
    pub attributes: BTreeMap<AttributeName, AttributeSpec>,
    /// The programs that sign users in.
    pub client: Things<ClientSpec>,
    /// Groups of users. Tokens name them in the claim `cognito:groups`: the simplest way to give users
    /// roles.
    pub group: Things<GroupSpec>,
    /// APIs with scopes of their own.
    pub resource_server: Things<ResourceServerSpec>,
    /// Where the sign-in pages are: the beginning of a name at AWS (`"shop-login"`), or a name in the
    /// platform's zone (`"auth.{platform.domain}"`), whose parent must have an address. By default
    /// `{environment}-{platform}-{name}-{account}` at AWS.
    pub domain: Option<PlainText>,
    /// Functions that Cognito calls.
    pub trigger: TriggerSpec,
    /// The sender of the pool's mail: `"email.mail"`. By default Cognito itself, which sends 50
    /// messages a day.
    // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-email.html
    pub mail: Option<Reference<EmailSpec>>,
    /// The firewall before the sign-in pages and the public API of the pool.
    pub firewall: Option<NameOf<FirewallSpec>>,
    /// The feature plan, which decides the price of a user. By default `plus` with threat protection,
    /// and `essentials` without.
    // https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html
    pub plan: Option<Plan>,
    /// What is done about sign-ins at risk and leaked passwords. By default `enforced`, in development
    /// `off`.
    pub threat_protection: Option<ThreatProtection>,
    /// Refuses to be deleted. By default in production.
    pub protected: Option<bool>,
}

/// What users sign in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Read)]
pub enum SignIn {
    /// The address of mail.
    Email,
    /// A name beside `username` that users can change.
    PreferredUsername,
    /// A name that never changes.
    Username,
}

/// Who makes accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum SignUp {
    /// Users themselves.
    #[spec(word = "self")]
    Users,
    /// Administrators alone.
    Admin,
}

/// What a user must prove to own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Verified {
    /// The address of mail.
    Email,
}

/// How a lost password is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Recovery {
    /// By a code to the verified address.
    Email,
    /// By an administrator.
    Admin,
}

/// The second factor
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Mfa {
    /// There is none.
    Off,
    /// Each user decides.
    Optional,
    /// Every user must have one.
    Required,
}

/// Which devices need no second factor again
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-device-tracking.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum RememberDevices {
    /// None.
    Never,
    /// Those that a user wants remembered.
    Ask,
    /// All.
    Always,
}

/// The feature plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Read)]
pub enum Plan {
    /// The cheapest: no changes of access tokens, no history of passwords.
    Lite,
    /// What AWS gives new pools.
    Essentials,
    /// With threat protection.
    Plus,
}

/// What is done about sign-ins at risk
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-threat-protection.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum ThreatProtection {
    /// Nothing.
    Off,
    /// They are counted.
    Audit,
    /// They are refused, or need a second factor.
    Enforced,
}

/// What passwords must be
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html>).
#[derive(Debug, Default, Read)]
#[spec(default)]
pub struct PasswordSpec {
    /// The fewest letters. By default 12.
    pub length: Option<Count<8, 99>>,
    /// Needs a lower-case letter. By default yes.
    pub lowercase: Option<bool>,
    /// Needs an upper-case letter. By default yes.
    pub uppercase: Option<bool>,
    /// Needs a digit. By default yes.
    pub numbers: Option<bool>,
    /// Needs a special character. By default yes.
    pub symbols: Option<bool>,
    /// How many earlier passwords cannot be used again. By default they can.
    pub history: Option<Count<1, 24>>,
    /// How long a temporary password can be used, in whole days up to 365. By default 3 days.
    pub temporary: Option<Duration>,
}

/// The message with which an address is verified
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pool-settings-message-customizations.html>).
#[derive(Debug, Read)]
pub struct VerificationSpec {
    /// Whether the user types a code or follows a link. By default a code.
    pub by: Option<VerifiedBy>,
    /// The subject. By default that of Cognito.
    pub subject: Option<PlainText>,
    /// The text, which holds `{####}` for the code, or `{##words of the link##}`. By default that of
    /// Cognito.
    pub text: Option<PlainText>,
}

/// How a user proves to own an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum VerifiedBy {
    /// By typing a code.
    Code,
    /// By following a link.
    Link,
}

/// The message to users whose account others have made.
#[derive(Debug, Read)]
pub struct MessageSpec {
    /// The subject.
    pub subject: PlainText,
    /// The text, which holds `{username}`, and `{####}` for the temporary password.
    pub text: PlainText,
}

/// A group of users
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-user-groups.html>).
#[derive(Clone, Debug, Read)]
#[spec(short = "description")]
pub struct GroupSpec {
    /// What it is for.
    pub description: Option<String>,
    /// Which group counts for a user of several: the least number does. By default none.
    pub precedence: Option<Count<0, 2_147_483_647>>,
}
