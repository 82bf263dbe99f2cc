//! Who may call a function without a role: services that act for a topic, a bucket, a bus, an API, a
//! user pool.
use super::Function;
use crate::aws;
use crate::compute::MODULE;
use crate::connect::{Grant, Sender};
use crate::names::{fit, short_hash};
use crate::platform::Platform;
use platgen_source::diagnostics::{SpecPath, Step};
use platgen_terraform::{Document, Handle, block};
use std::collections::BTreeSet;

/// The longest name of a statement
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>).
const LONGEST_STATEMENT: usize = 100;

/// The service whose ARNs name no account: the name of a bucket that was deleted is free for anyone
/// (<https://docs.aws.amazon.com/lambda/latest/dg/with-s3.html>).
const WITHOUT_ACCOUNT: &str = "s3.amazonaws.com";

/// The service that names the function in what the permission speaks of: a user pool is made after
/// the function, and the permission after the pool
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html>).
const NAMES_THE_FUNCTION: &str = "cognito-idp.amazonaws.com";

impl Function {
    /// Lets in every service that calls the function in the name of something else. Gives those
    /// permissions that callers have to wait for.
    pub(super) fn lower_permissions(&self, platform: &Platform, out: &mut Document) -> Vec<Handle> {
        let mut names = BTreeSet::new();
        let mut awaited = Vec::new();
        for grant in platform.connections.to(&self.id) {
            let Some(sender) = &grant.sender else { continue };
            let name = self.permission_name(grant, sender, &names);
            let permission = self.lower_permission(&name, sender, &grant.cause, out);
            names.insert(name);
            if sender.service != NAMES_THE_FUNCTION {
                awaited.push(permission);
            }
        }
        awaited
    }

    fn lower_permission(
        &self,
        name: &str,
        sender: &Sender,
        cause: &SpecPath,
        out: &mut Document,
    ) -> Handle {
        let account = (sender.service == WITHOUT_ACCOUNT).then(|| aws::account(out, MODULE));
        let arguments = block! {
            statement_id: fit(name, LONGEST_STATEMENT),
            action: "lambda:InvokeFunction",
            function_name: self.handle().get("function_name"),
            // The alias, by its name: what callers get of it waits for the permission.
            qualifier: self.alias().get("name"),
            principal: sender.service,
            source_arn: &sender.source,
            source_account: account,
        };
        let mut place = out.module(MODULE).file(&self.id.file());
        place.resource("aws_lambda_permission", name, arguments).cause(cause).add()
    }

    /// `function__f__from__topic__t`; where one source calls by several lines of the spec, the keys of
    /// the line are behind it, and where one line gives several, a hash of what the caller is.
    fn permission_name(&self, grant: &Grant, sender: &Sender, names: &BTreeSet<String>) -> String {
        let consumer = &grant.consumer;
        let below = keys_below(&grant.cause, &consumer.path());
        let mut parts = vec!["from", consumer.kind, consumer.name.as_str()];
        parts.extend(below.iter().map(String::as_str));
        let name = self.id.part(&parts);
        if names.contains(&name) {
            let hash = short_hash(&format!("{} {:?}", sender.service, sender.source));
            parts.push(&hash);
            return self.id.part(&parts);
        }
        name
    }
}

/// The keys of a path below another, as identifiers; none where it stands elsewhere.
fn keys_below(path: &SpecPath, above: &SpecPath) -> Vec<String> {
    if !path.is_within(above) {
        return Vec::new();
    }
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    let word = |step: &Step| match step {
        Step::Key(key) => key.chars().map(plain).collect::<String>().to_ascii_lowercase(),
        Step::Index(place) => place.to_string(),
    };
    path.steps()[above.steps().len()..].iter().map(word).collect()
}
