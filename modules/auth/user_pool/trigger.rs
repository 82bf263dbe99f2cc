//! Functions that Cognito calls on the way of a user
//! (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html>).
use super::UserPool;
use crate::auth::MODULE;
use crate::aws;
use crate::compute::function::FunctionSpec;
use crate::connect::{Declared, Grant, Sender};
use crate::kind::{Output, ThingId};
use crate::platform::Platform;
use crate::reference::Reference;
use platgen_source::Read;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Document, Value, block, template};
use std::collections::BTreeMap;

/// The functions that Cognito calls, by the moment: `pre_token_generation = "function.claims"`.
#[derive(Clone, Debug, Default, Read)]
#[spec(default)]
pub struct TriggerSpec {
    /// Puts the question of a sign-in of your own.
    pub create_auth_challenge: Option<Reference<FunctionSpec>>,
    /// Writes the messages to users.
    pub custom_message: Option<Reference<FunctionSpec>>,
    /// Decides how a sign-in of your own goes on.
    pub define_auth_challenge: Option<Reference<FunctionSpec>>,
    /// After a sign-in.
    pub post_authentication: Option<Reference<FunctionSpec>>,
    /// After an account was confirmed.
    pub post_confirmation: Option<Reference<FunctionSpec>>,
    /// Before a sign-in, which it can refuse.
    pub pre_authentication: Option<Reference<FunctionSpec>>,
    /// Before an account is made, which it can refuse.
    pub pre_sign_up: Option<Reference<FunctionSpec>>,
    /// Before tokens are given out: adds and removes claims, of ID tokens and access tokens, so that a
    /// role or a tenant stands in them.
    // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
    pub pre_token_generation: Option<Reference<FunctionSpec>>,
    /// Takes users over from elsewhere when they first sign in.
    pub user_migration: Option<Reference<FunctionSpec>>,
    /// Checks the answer in a sign-in of your own.
    pub verify_auth_challenge_response: Option<Reference<FunctionSpec>>,
}

/// The alias by which a function is called.
const ALIAS: &str = "live";

/// The service that calls the functions.
const SERVICE: &str = "cognito-idp.amazonaws.com";

/// The moment at which a function changes tokens.
pub(super) const TOKENS: &str = "pre_token_generation";

/// The moments that a sign-in of one's own is made of
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-challenge.html>).
pub(super) const CHALLENGES: [&str; 3] =
    ["create_auth_challenge", "define_auth_challenge", "verify_auth_challenge_response"];

impl TriggerSpec {
    /// The functions by the moments at which they are called, named alike in specs and in Terraform.
    pub(super) fn functions(&self) -> BTreeMap<&'static str, ThingId> {
        let moments = [
            ("create_auth_challenge", &self.create_auth_challenge),
            ("custom_message", &self.custom_message),
            ("define_auth_challenge", &self.define_auth_challenge),
            ("post_authentication", &self.post_authentication),
            ("post_confirmation", &self.post_confirmation),
            ("pre_authentication", &self.pre_authentication),
            ("pre_sign_up", &self.pre_sign_up),
            (TOKENS, &self.pre_token_generation),
            ("user_migration", &self.user_migration),
            ("verify_auth_challenge_response", &self.verify_auth_challenge_response),
        ];
        let functions = moments.into_iter();
        functions.filter_map(|(moment, function)| Some((moment, function.as_ref()?.id()))).collect()
    }
}

impl UserPool {
    /// Where the spec sets the function of a moment.
    fn place_of(&self, moment: &str) -> SpecPath {
        self.id.path().key("trigger").key(moment)
    }

    /// Cognito's way to call each function. One that is called at several moments is let in once.
    pub(super) fn calls(&self) -> Vec<Grant> {
        let mut grants: BTreeMap<&ThingId, Grant> = BTreeMap::new();
        for (moment, function) in &self.functions {
            grants.entry(function).or_insert_with(|| {
                let cause = self.place_of(moment);
                let target = Some(function.clone());
                let mut grant = Grant::new(&self.id, target, cause, Declared::Implied);
                let source = self.handle().get("arn");
                grant.sender = Some(Sender { service: SERVICE, source });
                grant
            });
        }
        grants.into_values().collect()
    }

    /// The block `lambda_config`, if any function is called.
    pub(super) fn lambda_config(&self, platform: &Platform, out: &mut Document) -> Option<Value> {
        let argument = |(moment, function): (&&'static str, &ThingId)| {
            let arn = self.arn_by_name(function, platform, out);
            if *moment == TOKENS {
                let version = block! { lambda_arn: arn, lambda_version: "V2_0" };
                return ("pre_token_generation_config".to_owned(), version);
            }
            ((*moment).to_owned(), arn)
        };
        let arguments: BTreeMap<String, Value> = self.functions.iter().map(argument).collect();
        (!arguments.is_empty()).then(|| arguments.into())
    }

    /// The version of a function that is in use, by its name: a pool does not wait for the functions
    /// that it calls, so that they can use the pool, and what uses the pool. Cognito looks for them
    /// when it calls them.
    fn arn_by_name(&self, function: &ThingId, platform: &Platform, out: &mut Document) -> Value {
        let thing = platform.thing(function);
        let name = thing.map(|thing| thing.output(&["name".to_owned()], &self.id, platform));
        let name = match name {
            Some(Output::Plain(name) | Output::Secret(name)) => name,
            None => Value::Null,
        };
        let resource = template!["function:", name, ":", ALIAS];
        aws::arn(out, MODULE, "lambda", &platform.head.region, resource)
    }
}
