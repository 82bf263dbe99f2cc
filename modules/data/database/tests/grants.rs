//! What an edge to a database gives.
use crate::connect::{Connections, Delivery, Edge, Grant, NoNarrowing, PortRule, Protocol, Reach};
use crate::data::database::grant::{ConnectVerb, DatabaseUser, DatabaseVerbs};
use crate::kind::{Output, Target, Thing};
use crate::platform::Platform;
use crate::testing::platform;
use platgen_source::Name;
use platgen_terraform::{Document, Value};
use pretty_assertions::assert_eq;

const SPEC: &str =
    "[database.main]\nengine = \"aurora-mysql\"\n[table.notes]\npartition_key = \"id\"\n";

fn main_of(platform: &Platform) -> &crate::data::database::Database {
    &platform.things.database[&Name::new("main").unwrap()]
}

/// The grant of these verbs, with any other thing in the part of the consumer.
fn grant(platform: &Platform, verbs: &DatabaseVerbs, delivery: Delivery) -> Grant {
    let consumer = &platform.things.table[&Name::new("notes").unwrap()];
    let database = main_of(platform);
    let mut edge = Edge::new(consumer, database, platform, None);
    edge.delivery = delivery;
    database.grant(verbs, &edge)
}

fn names(grant: &Grant) -> Vec<&str> {
    grant.variables.iter().map(|(name, _)| name.as_str()).collect()
}

/// The actions of statements, one list per statement.
fn actions(statements: &[crate::connect::iam::Statement]) -> Vec<Vec<&'static str>> {
    statements.iter().map(|statement| statement.actions.clone()).collect()
}

fn connect(user: Option<&str>) -> DatabaseVerbs {
    let user = user.map(|user| DatabaseUser::new(user).unwrap());
    DatabaseVerbs { connect: Some(ConnectVerb { user }), ..DatabaseVerbs::default() }
}

#[test]
fn a_connection_opens_the_port_and_reads_the_secret() {
    let platform = platform("dev", SPEC);
    let grant = grant(&platform, &connect(None), Delivery::Read);
    let port = PortRule { name: "sql".to_owned(), port: 3306, protocol: Protocol::Tcp };
    assert_eq!(grant.ports, [port]);
    assert_eq!(
        names(&grant),
        ["MAIN_HOST", "MAIN_READER_HOST", "MAIN_PORT", "MAIN_NAME", "MAIN_SECRET_ARN"]
    );
    let read = vec!["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"];
    assert_eq!(actions(&grant.task), [read, vec!["kms:Decrypt"]]);
    assert_eq!(actions(&grant.execution), Vec::<Vec<&str>>::new());
    assert!(grant.reach.contains(&Reach::Interface("secretsmanager")));
}

#[test]
fn an_injected_secret_is_read_by_what_starts_the_code() {
    let platform = platform("dev", SPEC);
    let grant = grant(&platform, &connect(None), Delivery::Inject);
    assert_eq!(
        actions(&grant.execution),
        [vec!["secretsmanager:GetSecretValue"], vec!["kms:Decrypt"]]
    );
    assert_eq!(actions(&grant.task), Vec::<Vec<&str>>::new());
    assert!(!names(&grant).contains(&"MAIN_SECRET_ARN"));
}

#[test]
fn a_user_of_iam_needs_no_secret() {
    let platform = platform("dev", SPEC);
    let grant = grant(&platform, &connect(Some("web")), Delivery::Read);
    assert_eq!(actions(&grant.task), [vec!["rds-db:connect"]]);
    assert!(names(&grant).contains(&"MAIN_USER"));
    assert!(grant.reach.is_empty());
    let mut document = Document::default();
    document.output("user", grant.task[0].resources[0].value.clone(), "");
    let tree = platgen_terraform::render(&document, platgen_terraform::schema::Schema::embedded());
    let text = String::from_utf8(tree["outputs.tf.json"].clone()).unwrap();
    assert!(text.contains(":rds-db:us-east-2:"), "{text}");
    assert!(text.contains(":dbuser:") && text.contains("/web"), "{text}");
}

#[test]
fn queries_go_through_the_data_api() {
    let platform = platform("dev", SPEC);
    let verbs = DatabaseVerbs { query: Some(NoNarrowing {}), ..connect(None) };
    let grant = grant(&platform, &verbs, Delivery::Read);
    assert!(grant.reach.contains(&Reach::Interface("rds-data")));
    assert!(actions(&grant.task).iter().any(|list| list.contains(&"rds-data:ExecuteStatement")));
    let mut sorted = names(&grant);
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(sorted.len(), names(&grant).len(), "every variable is given once");
}

#[test]
fn burstable_instances_have_no_data_api() {
    for (class, faults) in [("db.t4g.medium", 1), ("db.r7g.large", 0)] {
        let class = format!("engine = \"aurora-mysql\"\ninstance = \"{class}\"");
        let spec = SPEC.replace("engine = \"aurora-mysql\"", &class);
        let mut platform = platform("dev", &spec);
        let verbs = DatabaseVerbs { query: Some(NoNarrowing {}), ..DatabaseVerbs::default() };
        let grant = grant(&platform, &verbs, Delivery::Read);
        platform.connections = Connections::from(vec![grant]);
        assert_eq!(main_of(&platform).check(&platform).len(), faults, "{class}");
    }
}

#[test]
fn outputs_are_plain_but_for_the_login() {
    let platform = platform("dev", SPEC);
    let database = main_of(&platform);
    let consumer = database.id();
    for word in super::super::OUTPUTS {
        let output = database.output(&[(*word).to_owned()], consumer, &platform);
        let secret = matches!(output, Output::Secret(_));
        assert_eq!(secret, ["username", "password"].contains(word), "{word}");
    }
    let port = database.output(&["port".to_owned()], consumer, &platform);
    assert_eq!(port, Output::Plain(Value::from(3306)));
    let schema = database.output(&["schema".to_owned()], consumer, &platform);
    assert_eq!(schema, Output::Plain(Value::from("main")));
}
