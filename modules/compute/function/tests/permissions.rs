//! Who is let in to call a function.
use super::{FUNCTION, platform};
use crate::connect::{Connections, Declared, Grant, Sender};
use crate::kind::ThingId;
use crate::lower;
use crate::testing::{addresses, resource, verified};
use platgen_source::Name;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Document, Value};
use pretty_assertions::assert_eq;

/// A call of the function by a service, in the name of a thing.
fn call(kind: &'static str, cause: &[&str], service: &'static str, source: &str) -> Grant {
    let id = |kind, name| ThingId::new(kind, &Name::new(name).unwrap());
    let cause = cause.iter().fold(SpecPath::default(), |path, key| path.key(key));
    let target = Some(id("function", "web"));
    let mut grant = Grant::new(&id(kind, "x"), target, cause, Declared::Implied);
    grant.sender = Some(Sender { service, source: Value::from(source) });
    grant
}

fn lowered(calls: Vec<Grant>) -> Document {
    let mut platform = platform(FUNCTION);
    platform.connections = Connections::from(calls);
    verified(lower(&platform))
}

#[test]
fn every_sender_is_let_in_for_its_source_alone() {
    let on = ["function", "web", "on"];
    let topic = [&on[..], &["topic", "x"]].concat();
    let bucket = [&on[..], &["bucket", "x"]].concat();
    let document = lowered(vec![
        call("topic", &topic, "sns.amazonaws.com", "arn:aws:sns:us-east-2:123456789012:x"),
        call("bucket", &bucket, "s3.amazonaws.com", "arn:aws:s3:::x"),
    ]);
    let permission = |name: &str| {
        resource(
            &document,
            "compute",
            &format!("aws_lambda_permission.function__web__from__{name}"),
        )
    };
    let topic = permission("topic__x");
    assert_eq!(topic["principal"], "sns.amazonaws.com");
    assert_eq!(topic["source_arn"], "arn:aws:sns:us-east-2:123456789012:x");
    assert_eq!(topic["qualifier"], "${aws_lambda_alias.web.name}");
    assert_eq!(topic["statement_id"], "function__web__from__topic__x");
    assert!(topic.get("source_account").is_none());
    let account = "${data.aws_caller_identity.current.account_id}";
    assert_eq!(permission("bucket__x")["source_account"], account);
}

#[test]
fn names_follow_the_line_that_calls_and_stay_apart() {
    let route = ["api", "x", "route", "Pay_now"];
    let calls =
        ["/GET/a", "/POST/a"].map(|path| call("api", &route, "apigateway.amazonaws.com", path));
    let document = lowered(calls.to_vec());
    let permissions: Vec<String> = addresses(&document, "compute")
        .into_iter()
        .filter_map(|address| address.strip_prefix("aws_lambda_permission.").map(str::to_owned))
        .collect();
    let first = "function__web__from__api__x__route__pay_now";
    assert_eq!(permissions.len(), 2);
    assert_eq!(permissions[0], first);
    assert!(permissions[1].starts_with(&format!("{first}__")), "{permissions:?}");
}

#[test]
fn callers_wait_for_their_permission_but_a_user_pool_cannot() {
    let awaited = |service| {
        let document = lowered(vec![call("topic", &["topic", "x"], service, "arn:aws:x")]);
        let alias = &document.modules["compute"].resources;
        let alias = alias.values().find(|r| r.address.kind == "aws_lambda_alias").unwrap();
        alias.meta.ready_after.len()
    };
    assert_eq!(awaited("sns.amazonaws.com"), 1);
    assert_eq!(awaited("cognito-idp.amazonaws.com"), 0);
}
