//! `[key.<name>]`: a key at KMS that the application itself encrypts or signs with. What AWS encrypts for
//! the platform has keys of its own.
mod spec;
#[cfg(test)]
mod tests;

pub use spec::{KeySpec, KeyVerbs};

use super::MODULE;
use crate::aws_name;
use crate::connect::iam::PolicyPlace;
use crate::connect::{Edge, Grant};
use crate::kind::{Kind, Output, Outputs, Refusal, Resolving, Target, Thing, ThingId};
use crate::kms::{self, CustomerKey, LONGEST_ALIAS, Material};
use crate::platform::Platform;
use platgen_source::diagnostics::{code, listed};
use platgen_source::{Count, Verbs};
use platgen_terraform::{Address, Document, Handle};
use spec::{Algorithm, Purpose};

/// A key with every detail decided.
#[derive(Debug)]
pub struct Key {
    id: ThingId,
    alias: String,
    description: String,
    material: Material,
    deletion_days: i64,
}

impl Kind for KeySpec {
    const KIND: &'static str = "key";
    const OUTPUTS: Outputs = Outputs::Named(&["alias", "arn", "id"]);
    type Thing = Key;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Key {
        let keys = resolving.spec.key.iter();
        let said = keys.map(|(name, spec)| (name, spec.aws_name.as_ref().map(ToString::to_string)));
        let alias = aws_name::resolve(&id, LONGEST_ALIAS, said, resolving);
        check_name(&id, &alias, resolving);
        let head = resolving.head;
        let description = self.description.as_ref().map(|text| head.plain(text));
        Key {
            material: self.material(&id, resolving),
            description: description.unwrap_or_else(|| head.prefix.full(&[id.name.as_str()])),
            deletion_days: self.deletion_days.map_or_else(|| kms::deletion_days(head), Count::get),
            alias,
            id,
        }
    }
}

impl KeySpec {
    /// A key that encrypts has one algorithm, and a pair is never rotated.
    fn material(&self, id: &ThingId, resolving: &mut Resolving<'_>) -> Material {
        let purpose = self.r#use.unwrap_or_default();
        let rotation_days = self.rotation_days.map(Count::get);
        if purpose == Purpose::Encrypt && self.algorithm.is_some() {
            let message = "a key that encrypts is symmetric, and KMS has one algorithm for that";
            let help = "set `use = \"sign\"`, or remove this";
            resolving.find_with(&code::CONFLICT, &id.path().key("algorithm"), message, help);
        }
        if purpose == Purpose::Sign && rotation_days.is_some() {
            let message = "KMS rotates symmetric keys only, and this one signs";
            let help = "remove it; a new key is declared beside this one";
            resolving.find_with(&code::CONFLICT, &id.path().key("rotation_days"), message, help);
        }
        match purpose {
            Purpose::Encrypt => {
                Material::Symmetric { rotation_days: rotation_days.unwrap_or(kms::ROTATION_DAYS) }
            }
            Purpose::Sign => {
                let algorithm = self.algorithm.unwrap_or(Algorithm::EccP256);
                Material::Pair { spec: algorithm.aws_word() }
            }
        }
    }
}

/// The platform's own keys have names at AWS and outputs of the root as well.
fn check_name(id: &ThingId, alias: &str, resolving: &mut Resolving<'_>) {
    let head = resolving.head;
    let help = "choose another name";
    if kms::OWN.contains(&id.name.as_str()) {
        let message = format!("the platform has a key of its own that is called `{}`", id.name);
        resolving.find_with(&code::NAME_CLASH, &id.path(), message, help);
    } else if kms::OWN.iter().any(|word| kms::own_alias(head, word) == alias) {
        let message = format!("a key of the platform is called `{alias}` at AWS as well");
        resolving.find_with(&code::NAME_CLASH, &id.path().key("aws_name"), message, help);
    }
}

impl Key {
    /// A name of resources that no key of the platform has.
    fn resource(&self, kind: &'static str) -> Handle {
        Handle::new(MODULE, Address::managed(kind, &self.id.part(&[])))
    }

    fn handle(&self) -> Handle {
        self.resource("aws_kms_key")
    }
}

impl Target for Key {
    type Verbs = KeyVerbs;

    fn grant(&self, verbs: &KeyVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant_of(verbs, |_, _| self.handle().get("arn").into());
        grant.variables.push((edge.variable("KEY_ARN"), self.handle().get("arn")));
        grant
    }

    fn refused(&self, verbs: &KeyVerbs) -> Vec<Refusal> {
        let (does, offered) = match self.material {
            Material::Symmetric { .. } => ("encrypts", ["encrypt", "decrypt"]),
            Material::Pair { .. } => ("signs", ["sign", "verify"]),
        };
        let refusal = |verb: &'static str| Refusal {
            verb,
            reason: format!("`{}` {does}, and has no `{verb}`", self.id),
            remedy: format!("known here: {}", listed(offered)),
        };
        let said = verbs.said().into_iter();
        said.filter(|verb| !offered.contains(verb)).map(refusal).collect()
    }
}

impl Thing for Key {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(match words {
            [word] if word == "alias" => self.resource("aws_kms_alias").get("name"),
            [word] if word == "id" => self.handle().get("key_id"),
            _ => self.handle().get("arn"),
        })
    }

    fn lower(&self, _platform: &Platform, out: &mut Document) {
        let (resource, file, cause) = (self.id.part(&[]), self.id.file(), self.id.path());
        let place = PolicyPlace { module: MODULE, file: &file, name: &resource, cause: &cause };
        let key = CustomerKey {
            resource: &resource,
            alias: &self.alias,
            description: &self.description,
            material: self.material,
            deletion_days: self.deletion_days,
            provider: None,
        };
        key.lower(&place, Vec::new(), out);
        let alias = self.resource("aws_kms_alias").get("name");
        out.output(&self.id.part(&["alias"]), alias, "The alias of the key");
        out.output(&self.id.part(&["arn"]), self.handle().get("arn"), "The ARN of the key");
        out.output(&self.id.part(&["id"]), self.handle().get("key_id"), "The id of the key");
    }
}
