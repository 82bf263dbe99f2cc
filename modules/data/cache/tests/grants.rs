//! What an edge to a cache gives.
use crate::connect::{Edge, Grant, NoNarrowing, PortRule, Protocol};
use crate::data::cache::{Cache, CacheVerbs};
use crate::kind::{Output, Target, Thing};
use crate::platform::Platform;
use crate::testing::platform;
use platgen_source::Name;
use platgen_terraform::{Value, template};
use pretty_assertions::assert_eq;

fn spec(keys: &str) -> Platform {
    platform("dev", &format!("[cache.sessions]\n{keys}\n[table.notes]\npartition_key = \"id\"\n"))
}

fn sessions(platform: &Platform) -> &Cache {
    &platform.things.cache[&Name::new("sessions").unwrap()]
}

/// The grant of these verbs, with any other thing in the part of the consumer.
fn grant(platform: &Platform, verbs: &CacheVerbs) -> Grant {
    let consumer = &platform.things.table[&Name::new("notes").unwrap()];
    let cache = sessions(platform);
    cache.grant(verbs, &Edge::new(consumer, cache, platform, None))
}

fn connect() -> CacheVerbs {
    CacheVerbs { connect: Some(NoNarrowing {}), ..CacheVerbs::default() }
}

fn names(grant: &Grant) -> Vec<&str> {
    grant.variables.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn a_connection_is_a_way_through_the_network() {
    let grant = grant(&spec(""), &connect());
    let port = PortRule { name: "cache".to_owned(), port: 6379, protocol: Protocol::Tcp };
    assert_eq!(grant.ports, [port]);
    assert_eq!(
        names(&grant),
        ["SESSIONS_HOST", "SESSIONS_READER_HOST", "SESSIONS_PORT", "SESSIONS_URL"]
    );
    assert!(grant.task.is_empty() && grant.execution.is_empty());
}

#[test]
fn with_iam_there_is_a_right_on_cache_and_user() {
    let grant = grant(&spec("auth = \"iam\""), &connect());
    let [statement] = grant.task.as_slice() else { panic!("{:#?}", grant.task) };
    assert_eq!(statement.actions, ["elasticache:Connect"]);
    let kinds: Vec<&str> = statement.resources.iter().map(|arn| arn.kind).collect();
    assert_eq!(kinds, ["elasticache:replicationgroup", "elasticache:user"]);
    assert!(names(&grant).ends_with(&["SESSIONS_CACHE", "SESSIONS_USER"]));
}

#[test]
fn an_edge_without_verbs_gives_nothing() {
    let grant = grant(&spec(""), &CacheVerbs::default());
    assert!(grant.ports.is_empty() && grant.variables.is_empty());
}

#[test]
fn addresses_follow_tls_and_shards() {
    for (keys, scheme, attribute) in [
        ("", "rediss", "primary_endpoint_address"),
        ("tls = false", "redis", "primary_endpoint_address"),
        ("shards = 2", "rediss", "configuration_endpoint_address"),
    ] {
        let platform = spec(keys);
        let cache = sessions(&platform);
        let output = |word: &str| cache.output(&[word.to_owned()], cache.id(), &platform);
        let host = cache.group().get(attribute);
        assert_eq!(output("url"), Output::Plain(template![scheme, "://", &host, ":6379"]));
        assert_eq!(output("host"), Output::Plain(host), "{keys}");
        assert_eq!(output("port"), Output::Plain(Value::from(6379)), "{keys}");
    }
    let platform = spec("");
    let cache = sessions(&platform);
    let reader = cache.output(&["reader_host".to_owned()], cache.id(), &platform);
    assert_eq!(reader, Output::Plain(cache.group().get("reader_endpoint_address")));
}
