//! A document that is right in every way, and properties that hold for every document.
use proptest::prelude::*;

use super::check;
use crate::block;
use crate::document::{Document, VariableType};
use crate::expr::{Address, Expr, Handle, IndexKey};
use crate::schema::Schema;
use crate::value::{Value, json};
use crate::verify::verify;

#[test]
fn a_right_document_has_no_faults() {
    let mut document = Document::default();
    let image = document.variable("image", VariableType::String, None, "The image to run.");
    let mut file = document.module("network").file("network");
    let vpc = file.resource("aws_vpc", "main", block! { cidr_block: "10.0.0.0/16" }).add();
    let zones = block! { a: block! { cidr: "10.0.0.0/20" }, b: block! { cidr: "10.0.16.0/20" } };
    let subnet = block! {
        cidr_block: Expr::EachValue(vec!["cidr"]), vpc_id: vpc.get("id"),
        tags: block! { Name: crate::template!["main-", Expr::EachKey] },
    };
    let subnets = file.resource("aws_subnet", "private", subnet).for_each(zones).add();

    let mut file = document.module("data").file("database.main");
    let group = block! { subnet_ids: Expr::list_of(subnets.whole(), Expr::Item(vec!["id"])) };
    let group = file.resource("aws_db_subnet_group", "main", group).add();
    let cluster = block! {
        engine: "aurora-postgresql", manage_master_user_password: true,
        db_subnet_group_name: group.get("name"),
        serverlessv2_scaling_configuration: block! { min_capacity: 0.5, max_capacity: 4 },
    };
    let cluster = file
        .resource("aws_rds_cluster", "main", cluster)
        .prevent_destroy()
        .ignore_changes(&["engine_version"])
        .add();
    let secret = cluster.get("master_user_secret[0].secret_arn");

    let mut file = document.module("compute").file("service.web");
    let region = file.data("aws_region", "here", block! {}).add();
    let containers = json(vec![block! {
        image: image, name: "web",
        secrets: vec![block! { name: "DATABASE", valueFrom: secret.clone() }],
        environment: vec![block! { name: "REGION", value: region.get("name") }],
    }]);
    let containers = file.local("web_containers", containers);
    let task = block! { family: "web", container_definitions: containers };
    file.resource("aws_ecs_task_definition", "web", task).add();
    document.output("database_secret", secret, "The ARN of the secret.");
    check(&document, &[]);
}

/// Values of every kind, with references that lead somewhere, nowhere, and out of scope.
fn any_value() -> impl Strategy<Value = Value> {
    let handle = || Handle::new("m", Address::managed("aws_lambda_function", "x"));
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop::sample::select(vec!["arn", "vpc_config[0].vpc_id", "x.y", "vpc_config", "]["])
            .prop_map(move |path| handle().get(path)),
        Just(Value::Expr(Expr::EachKey)),
        Just(Value::Expr(Expr::EachValue(vec!["a"]))),
        Just(Value::Expr(Expr::Item(vec!["a"]))),
        Just(Value::Expr(Expr::Variable("v".to_owned()))),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::btree_map(any::<String>(), inner.clone(), 0..4).prop_map(Value::Map),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::join),
            (
                prop::sample::select(vec!["join", "jsonencode", "toset", "none"]),
                prop::collection::vec(inner.clone(), 0..3)
            )
                .prop_map(|(name, arguments)| Value::Expr(Expr::Call(name, arguments))),
            (inner.clone(), inner.clone()).prop_map(|(all, one)| Expr::map_of(
                all,
                Expr::Item(vec![]),
                one
            )
            .into()),
            inner.prop_map(|value| match value {
                Value::Expr(expr) => Expr::Index(Box::new(expr), IndexKey::Position(0)).into(),
                other => other,
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_document_is_verified_without_a_panic_and_alike_each_time(
        values in prop::collection::btree_map(
            prop::sample::select(vec!["function_name", "vpc_config", "environment", "layers", "tags", "x"]),
            any_value(),
            0..5,
        ),
        entries in prop::option::of(any_value()),
    ) {
        let arguments = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let mut document = Document::default();
        let mut file = document.module("m").file("f");
        let resource = file.resource("aws_lambda_function", "x", Value::Map(arguments));
        match entries {
            Some(entries) => resource.for_each(entries).add(),
            None => resource.add(),
        };
        let faults = verify(&document, Schema::embedded());
        prop_assert!(faults.iter().any(|fault| fault.argument == "role"), "role is always missing");
        prop_assert_eq!(verify(&document, Schema::embedded()), faults);
    }
}
