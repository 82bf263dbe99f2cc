//! `[secret.<name>]`: a secret whose value is put in by hand or by another tool, never by platgen.
#[cfg(test)]
mod tests;

use super::upkeep::days::days_within;
use super::{MODULE, key};
use crate::compute::function::{Function, FunctionSpec};
use crate::connect::matrix::On;
use crate::connect::{Declared, Delivery, Edge, Grant, NoNarrowing, Sender};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::platform::Platform;
use crate::reference::NameOf;
use crate::text::VariableName;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Count, Duration, Name, Read, is_plain, text_type};
use platgen_terraform::{Address, Document, Handle, Value, block, template};

text_type! {
    /// The name or ARN of a secret that exists already, in the grammar of Secrets Manager
    /// (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>).
    SecretId,
    "^[A-Za-z0-9/_+=.@:-]{1,512}$",
    "1 to 512 letters, digits and / _ + = . @ : -",
    |text| is_plain(text, 1..=512, b"/_+=.@:-")
}

text_type! {
    /// A key of the JSON object in a secret. ECS takes it between colons, so it holds none.
    JsonKey,
    "^[A-Za-z0-9_-]{1,128}$",
    "1 to 128 letters, digits, _ and -",
    |text| is_plain(text, 1..=128, b"_-")
}

/// A secret in Secrets Manager. Its value is not in the spec, and not in the state.
#[derive(Debug, Read)]
pub struct SecretSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// What it is for.
    pub description: Option<String>,
    /// The keys of the JSON object inside. Placeholders can name these and no others.
    pub keys: Vec<JsonKey>,
    /// The name or ARN of a secret that is made elsewhere. If it has a key of its own, that key's
    /// policy must let its readers decrypt.
    pub existing: Option<SecretId>,
    /// Days between the order to delete it and the end: 7 to 30, or 0. By default 30, in
    /// development 0.
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
    pub recovery_days: Option<Count<0, 30>>,
    /// Puts in a new value again and again: by a function, or more. The secret must hold a value when
    /// this is first applied, because Secrets Manager tries the function on it. By default never.
    pub rotation: Option<RotationSpec>,
}

/// How a secret gets a new value
/// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_lambda.html>).
#[derive(Debug, Read)]
#[spec(short = "function")]
pub struct RotationSpec {
    /// The function that makes the new value. It gets the rights on the secret; what the secret opens,
    /// it needs in its own `uses`.
    pub function: NameOf<FunctionSpec>,
    /// Time between two new values, 1 to 1000 days. By default `30d`.
    // The range: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html
    pub every: Option<Duration>,
}

/// What others may do with a secret. A variable that speaks of it gets its value injected.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct SecretVerbs {
    /// The beginning of the variable's name.
    pub r#as: Option<VariableName>,
    /// Read the value.
    pub read: Option<NoNarrowing>,
    /// Put in a new value.
    pub write: Option<NoNarrowing>,
}

/// A secret with every detail decided.
#[derive(Debug)]
pub struct Secret {
    id: ThingId,
    origin: Origin,
}

/// Where a secret comes from.
#[derive(Debug)]
enum Origin {
    /// It is made, without a value.
    Made {
        aws_name: String,
        description: Option<String>,
        recovery_days: i64,
        rotation: Option<Rotation>,
    },
    /// It is there already, under this name or ARN.
    Existing(SecretId),
}

/// How a secret gets a new value, decided.
#[derive(Debug)]
struct Rotation {
    function: Name,
    days: i64,
}

/// The most days between two values, also of secrets that RDS keeps
/// (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html>).
pub(super) const LONGEST_ROTATION: i64 = 1000;

/// The service that calls the functions which rotate secrets.
const SERVICE: &str = "secretsmanager.amazonaws.com";

/// The longest name and the longest description, in letters and in bytes
/// (<https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>).
const LONGEST_NAME: usize = 512;
const LONGEST_DESCRIPTION: usize = 2048;

impl Kind for SecretSpec {
    const KIND: &'static str = "secret";
    const OUTPUTS: Outputs = Outputs::JsonKey;
    type Thing = Secret;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Secret {
        let path = id.path();
        let recovery_days = self.recovery_days.map(Count::get);
        if matches!(recovery_days, Some(1..=6)) {
            let message = "Secrets Manager waits 7 to 30 days, or none at all";
            resolving.find(&code::IMPOSSIBLE, &path.key("recovery_days"), message);
        }
        let description = self.description.as_deref().unwrap_or_default();
        if description.len() > LONGEST_DESCRIPTION {
            let message = format!("{} bytes; at most {LONGEST_DESCRIPTION}", description.len());
            resolving.find(&code::LIMIT, &path.key("description"), message);
        }
        self.check_existing(&path, resolving);
        let rotation = self.rotation.as_ref().map(|spec| spec.resolve(&path, resolving));
        let head = resolving.head;
        let origin = match &self.existing {
            Some(existing) => Origin::Existing(existing.clone()),
            None => Origin::Made {
                aws_name: head.prefix.name(LONGEST_NAME, &[id.name.as_str()]),
                description: self.description.clone(),
                recovery_days: recovery_days.unwrap_or(head.by_profile(30, 0)),
                rotation,
            },
        };
        Secret { id, origin }
    }
}

impl RotationSpec {
    fn resolve(&self, path: &SpecPath, resolving: &mut Resolving<'_>) -> Rotation {
        let place = path.key("rotation").key("every");
        let days = days_within(self.every, 1..=LONGEST_ROTATION, &place, resolving);
        Rotation { function: self.function.name().clone(), days: days.unwrap_or(30) }
    }
}

impl SecretSpec {
    /// A secret that is made elsewhere is only read: what it is, is decided there.
    fn check_existing(&self, path: &SpecPath, resolving: &mut Resolving<'_>) {
        let Some(existing) = &self.existing else { return };
        let own = [
            ("description", self.description.is_some()),
            ("recovery_days", self.recovery_days.is_some()),
            ("rotation", self.rotation.is_some()),
        ];
        for (key, _) in own.into_iter().filter(|(_, said)| *said) {
            let message = format!("`{key}` says nothing to a secret that is made elsewhere");
            resolving.find(&code::CONFLICT, &path.key(key), message);
        }
        let is_arn = existing.as_str().starts_with("arn:");
        if is_arn && !existing.as_str().contains(":secretsmanager:") {
            let message = "this is the ARN of something else than a secret";
            resolving.find(&code::MALFORMED, &path.key("existing"), message);
        }
    }
}

impl Secret {
    fn handle(&self) -> Handle {
        let name = self.id.local(&[]);
        let kind = "aws_secretsmanager_secret";
        let address = match &self.origin {
            Origin::Made { .. } => Address::managed(kind, &name),
            Origin::Existing(_) => Address::data(kind, &name),
        };
        Handle::new(MODULE, address)
    }

    /// The ARN.
    pub(super) fn arn(&self) -> Value {
        self.handle().get("arn")
    }

    fn rotation(&self) -> Option<&Rotation> {
        match &self.origin {
            Origin::Made { rotation, .. } => rotation.as_ref(),
            Origin::Existing(_) => None,
        }
    }

    /// The function that rotates it.
    fn rotator<'p>(&self, platform: &'p Platform) -> Option<&'p Function> {
        platform.things.function.get(&self.rotation()?.function)
    }

    /// Secrets Manager calls the function for this secret alone, and the function may give this secret
    /// a new value.
    fn rotation_edges(&self, platform: &Platform) -> Option<[Grant; 2]> {
        let (own, function) = (&self.id, self.rotator(platform)?.id());
        let cause = own.path().key("rotation");
        let mut call = Grant::new(own, Some(function.clone()), cause.clone(), Declared::Implied);
        call.sender = Some(Sender { service: SERVICE, source: self.arn() });
        let mut change = Grant::new(function, Some(own.clone()), cause, Declared::Implied);
        let region = &platform.head.region;
        change.give(own.kind, "rotation", region, |kind| self.resources(kind));
        Some([call, change])
    }

    /// Secrets Manager calls the function as soon as it is told of it, so it is let in first: the alias is
    /// known outside its module only then. A value is not changed by applying, but when its time has come.
    fn lower_rotation(&self, platform: &Platform, out: &mut Document) {
        let Some((rotation, function)) = self.rotation().zip(self.rotator(platform)) else {
            return;
        };
        let arguments = block! {
            secret_id: self.handle().get("id"),
            rotation_lambda_arn: function.alias().get("arn"),
            rotate_immediately: false,
            rotation_rules: block! { automatically_after_days: rotation.days },
        };
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource("aws_secretsmanager_secret_rotation", &self.id.part(&[]), arguments)
            .cause(&self.id.path().key("rotation"))
            .add();
    }

    /// Lets the code of a consumer read the value, by a grant of an edge to this or to what it opens.
    pub fn let_read(&self, edge: &Edge<'_>, grant: &mut Grant) {
        let region = &edge.platform.head.region;
        grant.give(self.id.kind, "read", region, |kind| self.resources(kind));
        grant.variables.push((edge.variable("SECRET_ARN"), self.arn()));
    }

    /// Where a value stands, as ECS takes it: the whole, or one key of the JSON.
    fn value_from(&self, key: Option<&str>) -> Value {
        key.map_or_else(|| self.arn(), |key| template![self.arn(), format!(":{key}::")])
    }

    /// What a right on the secret is on. The key of one that is made elsewhere is not known here; AWS's
    /// own needs no right.
    fn resources(&self, kind: &str) -> On {
        match kind {
            "secretsmanager:Secret" => self.arn().into(),
            "kms:key" if self.keeps_data() => key::arn().into(),
            _ => On::nothing(),
        }
    }
}

impl Target for Secret {
    type Verbs = SecretVerbs;

    fn grant(&self, verbs: &SecretVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant_of(verbs, |_, kind| self.resources(kind));
        let is_read_by_code = verbs.read.is_some() && edge.delivery == Delivery::Read;
        if is_read_by_code || verbs.write.is_some() {
            grant.variables.push((edge.variable("SECRET_ARN"), self.arn()));
        }
        grant
    }
}

impl Thing for Secret {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Secret(self.value_from(words.first().map(String::as_str)))
    }

    fn implied(&self, platform: &Platform) -> Vec<Grant> {
        self.rotation_edges(platform).into_iter().flatten().collect()
    }

    fn keeps_data(&self) -> bool {
        matches!(self.origin, Origin::Made { .. })
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        let (name, path) = (self.id.local(&[]), self.id.path());
        let mut file = out.module(MODULE).file(&self.id.file());
        match &self.origin {
            Origin::Existing(existing) => {
                let data = file.data("aws_secretsmanager_secret", &name, lookup(existing.as_str()));
                data.cause(&path.key("existing")).add();
            }
            Origin::Made { aws_name, description, recovery_days, .. } => {
                let arguments = block! {
                    name: aws_name,
                    description: description.clone(),
                    kms_key_id: key::arn(),
                    recovery_window_in_days: *recovery_days,
                };
                file.resource("aws_secretsmanager_secret", &name, arguments).cause(&path).add();
            }
        }
        self.lower_rotation(platform, out);
        let description = match self.origin {
            Origin::Made { .. } => "The ARN of the secret; put its value in after applying",
            Origin::Existing(_) => "The ARN of the secret",
        };
        out.output(&self.id.part(&["arn"]), self.arn(), description);
    }
}

/// A secret is found by its ARN or by its name.
fn lookup(existing: &str) -> Value {
    let is_arn = existing.starts_with("arn:");
    block! { arn: is_arn.then_some(existing), name: (!is_arn).then_some(existing) }
}
