//! The URL of a function: made as soon as an edge calls it there, for callers with a role alone.
use super::Function;
use crate::compute::MODULE;
use crate::connect::Grant;
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Handle, block};

/// The action of a call by URL.
const CALL: &str = "lambda:InvokeFunctionUrl";

/// Who Lambda lets in: a caller who signs the request with the rights of a role
/// (<https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>).
const AUTHORIZATION: &str = "AWS_IAM";

impl Function {
    /// Its URL, if an edge calls it there.
    pub(super) fn url(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_lambda_function_url", &self.id.local(&[])))
    }

    /// Puts the URL into a document, if anything calls it.
    pub(super) fn lower_url(&self, platform: &Platform, out: &mut Document) {
        let callers: Vec<&SpecPath> = platform
            .connections
            .to(&self.id)
            .filter(|grant| calls_by_url(grant))
            .map(|grant| &grant.cause)
            .collect();
        if callers.is_empty() {
            return;
        }
        let arguments = block! {
            function_name: self.alias().get("function_name"),
            qualifier: self.alias().get("name"),
            authorization_type: AUTHORIZATION,
        };
        let mut place = out.module(MODULE).file(&self.id.file());
        let name = self.id.local(&[]);
        place.resource("aws_lambda_function_url", &name, arguments).causes(callers).add();
        let url = self.url().get("function_url");
        out.output(&self.id.part(&["url"]), url, "Where callers with a role find the function");
    }
}

fn calls_by_url(grant: &Grant) -> bool {
    grant.task.iter().any(|statement| statement.actions.contains(&CALL))
}
