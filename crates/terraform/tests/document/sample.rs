//! The documents that several tests render, and how they look into what comes out.
use std::collections::BTreeMap;

use platgen_diagnostics::SpecPath;
use platgen_terraform::schema::Schema;
use platgen_terraform::{
    Document, Expr, Handle, Tree, Value, VariableType, block, json, render, template,
};
use serde_json::Value as Json;

/// Renders with the schema that is part of the program.
pub(crate) fn rendered(document: &Document) -> Tree {
    render(document, Schema::embedded())
}

/// One rendered file, read back.
pub(crate) fn file(tree: &Tree, path: &str) -> Json {
    let bytes = tree.get(path).unwrap_or_else(|| panic!("no {path} in {:?}", tree.keys()));
    serde_json::from_slice(bytes).unwrap()
}

/// The smallest document that makes something.
pub(crate) fn small() -> Document {
    let mut document = Document::default();
    let arguments = block! { cidr_block: "10.0.0.0/16", tags: block! { Name: "small" } };
    document.module("network").file("network").resource("aws_vpc", "main", arguments).add();
    document
}

/// Three modules that refer to each other, with one of everything that a document can hold.
pub(crate) fn large() -> Document {
    let mut document = Document::default();
    document.provider.region = Some("eu-central-1".to_owned());
    document.provider.default_tags = tags([("platform", "freelancer"), ("${tag}", "100%{")]);
    document.provider.allowed_account_ids = vec!["123456789012".to_owned()];
    document.backend = Some(BTreeMap::from([
        ("bucket".to_owned(), Json::from("state")),
        ("use_lockfile".to_owned(), Json::from(true)),
    ]));
    let image = document.variable("image", VariableType::String, None, "The image to run.");
    let zone = document.variable("zone", VariableType::String, Some(Json::Null), "The DNS zone.");
    let (vpc, subnets) = network(&mut document);
    let cluster = database(&mut document, &vpc, &subnets);
    compute(&mut document, &cluster, image);
    certificate(&mut document, zone);
    document.output("vpc_id", vpc.get("id"), "The VPC.");
    document.output("login", template!["db:", cluster.get("master_password")], "For operators.");
    document
}

fn tags<const N: usize>(entries: [(&str, &str); N]) -> BTreeMap<String, String> {
    entries.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

fn network(document: &mut Document) -> (Handle, Handle) {
    let cause = SpecPath::of(["network"]);
    let mut file = document.module("network").file("network");
    let vpc = file
        .resource(
            "aws_vpc",
            "main",
            block! { cidr_block: "10.0.0.0/16", ipv6_cidr_block: None::<&str> },
        )
        .cause(&cause)
        .prevent_destroy()
        .add();
    let subnets = file
        .resource(
            "aws_subnet",
            "app",
            block! { vpc_id: vpc.get("id"), cidr_block: Expr::EachValue(vec![]) },
        )
        .for_each(block! { a: "10.0.0.0/24", b: "10.0.1.0/24" })
        .cause(&cause)
        .add();
    let rule = block! {
        protocol: "tcp",
        from_port: 443,
        to_port: 443,
        cidr_blocks: vec!["0.0.0.0/0"],
        description: "From ${anywhere}",
        ipv6_cidr_blocks: Value::Null,
        prefix_list_ids: Value::Null,
        security_groups: Value::Null,
        self: Value::Null,
    };
    let group = block! { vpc_id: vpc.get("id"), ingress: vec![rule], revoke_rules_on_delete: true };
    file.resource("aws_security_group", "web", group).depends_on(&subnets).add();
    (vpc, subnets)
}

fn database(document: &mut Document, vpc: &Handle, subnets: &Handle) -> Handle {
    let mut file = document.module("data").file("database.main");
    let ids = Expr::list_of(subnets.whole(), Expr::Item(vec!["id"]));
    let group = file.resource("aws_db_subnet_group", "main", block! { subnet_ids: ids }).add();
    file.resource(
        "aws_rds_cluster",
        "main",
        block! {
            engine: "aurora-postgresql",
            db_subnet_group_name: group.get("name"),
            serverlessv2_scaling_configuration: block! { min_capacity: 0.5, max_capacity: 4 },
            timeouts: block! { create: "2h" },
            tags: block! { vpc: vpc.get("id"), "a:b": "${literal}" },
        },
    )
    .cause(&SpecPath::of(["database", "main"]))
    .create_before_destroy()
    .ignore_changes(&["availability_zones", "tags[\"a:b\"]"])
    .add()
}

fn compute(document: &mut Document, cluster: &Handle, image: Value) {
    let mut file = document.module("compute").file("service.web");
    let container = block! {
        name: "web",
        image: image,
        environment: vec![block! { name: "HOST", value: cluster.get("endpoint") }],
    };
    let containers = file.local("web_containers", vec![container]);
    let secret = cluster.get("master_user_secret[0].secret_arn");
    let statements = vec![
        block! { actions: vec!["secretsmanager:GetSecretValue"], resources: vec![secret] },
        block! {
            actions: vec!["s3:GetObject"],
            resources: vec!["arn:aws:s3:::home/${aws:username}/*"],
            condition: block! { test: "Bool", variable: "aws:SecureTransport", values: vec!["true"] },
        },
    ];
    let policy = file
        .data("aws_iam_policy_document", "web", block! { statement: statements })
        .cause(&SpecPath::of(["service", "web"]))
        .cause(&SpecPath::of(["database", "main", "may be read by"]))
        .add();
    file.resource("aws_iam_policy", "web", block! { policy: policy.get("json") }).add();
    let task = block! { family: "web", container_definitions: json(containers) };
    file.resource("aws_ecs_task_definition", "web", task).add();
}

fn certificate(document: &mut Document, zone: Value) {
    let mut file = document.module("compute").file("certificate");
    let certificate = block! { domain_name: "example.com", validation_method: "DNS" };
    let certificate = file.resource("aws_acm_certificate", "edge", certificate).us_east_1().add();
    let options = certificate.get("domain_validation_options");
    let record = block! {
        zone_id: zone,
        name: Expr::EachValue(vec!["resource_record_name"]),
        type: Expr::EachValue(vec!["resource_record_type"]),
        ttl: 60,
        records: vec![Expr::EachValue(vec!["resource_record_value"])],
    };
    file.resource("aws_route53_record", "validation", record)
        .for_each(Expr::map_of(options, Expr::Item(vec!["domain_name"]), Expr::Item(vec![])))
        .add();
}
