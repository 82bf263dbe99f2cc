//! Who may call a route.
use super::{document, found, http, platform, rest};
use crate::kind::ThingId;
use crate::testing::{only, resource};
use platgen_source::Name;
use platgen_source::json::{Value, json};
use pretty_assertions::assert_eq;

/// A route that says who may call.
fn route(name: &str, auth: &str) -> String {
    format!("route.{name} = {{ match = \"GET /{name}\", {auth}to = {{ function = \"f\" }} }}\n")
}

const ISSUER: &str = "authorizer.partner = { issuer = \"https://login.example.org/\", \
                      audience = [\"shop\"], scopes = [\"a/read\"] }\n";
const GATE: &str = "authorizer.gate = { function = \"gate\", \
                    identity = [\"header.X-Key\", \"query.key\"], cache = \"1m\" }\n";

#[test]
fn tokens_of_an_issuer_are_taken() {
    let document = document(&http(&format!("{ISSUER}{}", route("main", ""))));
    let authorizer = resource(&document, "compute", "aws_apigatewayv2_authorizer.shop__partner");
    assert_eq!(authorizer["authorizer_type"], "JWT");
    let jwt = only(&authorizer["jwt_configuration"]);
    assert_eq!(jwt["issuer"], "https://login.example.org/");
    assert_eq!(jwt["audience"], json!(["shop"]));
    let route = resource(&document, "compute", "aws_apigatewayv2_route.shop__main");
    assert_eq!(route["authorization_type"], "JWT");
    assert_eq!(route["authorizer_id"], "${aws_apigatewayv2_authorizer.shop__partner.id}");
    assert_eq!(route["authorization_scopes"], json!(["a/read"]));
}

const POOL: &str = "[user_pool.clients]\nclient.web = { callbacks = [\"https://a.example.com/\"] }\n\
     resource_server.shop = { identifier = \"https://shop.example.com\", scope.read = \"Read\" }\n";

#[test]
fn tokens_of_a_user_pool_are_taken() {
    let keys = "authorizer.clients = { user_pool = \"clients\", clients = [\"web\"] }\n";
    let main = route("main", "scopes = [\"openid\", \"shop/read\"], ");
    let document = document(&format!("{}{POOL}", http(&format!("{main}{keys}"))));
    let authorizer = resource(&document, "compute", "aws_apigatewayv2_authorizer.shop__clients");
    let jwt = only(&authorizer["jwt_configuration"]);
    assert_eq!(jwt["issuer"], "https://${var.cognito_user_pool_clients_endpoint}");
    assert_eq!(jwt["audience"], json!(["${var.cognito_user_pool_client_clients__web_id}"]));
    let route = resource(&document, "compute", "aws_apigatewayv2_route.shop__main");
    let scopes = json!(["openid", "https://shop.example.com/read"]);
    assert_eq!(route["authorization_scopes"], scopes);
    let unknown = keys.replace("web", "wab");
    assert_eq!(
        found(&format!("{}{POOL}", http(&format!("{main}{unknown}")))),
        [("PG0201", "authorizer.clients.clients[0]".to_owned())]
    );
}

#[test]
fn scopes_of_a_user_pool_are_those_of_its_tokens() {
    let spec = |of_authorizer: &str, of_route: &str| {
        let keys = format!(
            "authorizer.clients = {{ user_pool = \"clients\", clients = [\"web\"], \
             scopes = [\"{of_authorizer}\"] }}\n"
        );
        let main = route("main", &format!("scopes = [\"{of_route}\"], "));
        format!("{}{POOL}", http(&format!("{main}{keys}")))
    };
    assert_eq!(found(&spec("shop/read", "https://shop.example.com/read")), []);
    assert_eq!(
        found(&spec("shop/write", "read")),
        [
            ("PG0105", "authorizer.clients.scopes[0]".to_owned()),
            ("PG0105", "route.main.scopes[0]".to_owned()),
        ]
    );
}

#[test]
fn a_function_decides_and_lets_its_authorizer_in() {
    let toml = http(&format!("{GATE}{}", route("main", "")));
    let document = document(&toml);
    let authorizer = resource(&document, "compute", "aws_apigatewayv2_authorizer.shop__gate");
    assert_eq!(authorizer["authorizer_type"], "REQUEST");
    assert_eq!(authorizer["authorizer_uri"], "${aws_lambda_alias.gate.invoke_arn}");
    assert_eq!(
        authorizer["identity_sources"],
        json!(["$request.header.X-Key", "$request.querystring.key"])
    );
    assert_eq!(authorizer["authorizer_result_ttl_in_seconds"], 60);
    let route = resource(&document, "compute", "aws_apigatewayv2_route.shop__main");
    assert_eq!(
        (&route["authorization_type"], &route["authorization_scopes"]),
        (&json!("CUSTOM"), &Value::Null)
    );
    let platform = platform("dev", &toml);
    let gate = ThingId::new("function", &Name::new("gate").unwrap());
    let grant = platform.connections.to(&gate).next().unwrap();
    assert_eq!(grant.cause.to_string(), "api.shop.authorizer.gate");
    let source = format!("{:?}", grant.sender.as_ref().unwrap().source);
    assert!(source.contains("/authorizers/"), "{source}");
}

#[test]
fn rest_apis_know_user_pools_and_functions() {
    let document = document(&rest(&format!(
        "authorizer.clients = {{ user_pool = \"clients\" }}\n{GATE}{}{}{}{POOL}",
        route("pool", "auth = \"clients\", "),
        route("asked", "auth = \"gate\", "),
        route("role", "auth = \"iam\", "),
    )));
    let authorizer = |name: &str| {
        resource(&document, "compute", &format!("aws_api_gateway_authorizer.shop__{name}"))
    };
    let pool = authorizer("clients");
    assert_eq!(pool["type"], "COGNITO_USER_POOLS");
    assert_eq!(pool["identity_source"], "method.request.header.Authorization");
    let gate = authorizer("gate");
    assert_eq!(gate["type"], "REQUEST");
    assert_eq!(
        gate["identity_source"],
        "method.request.header.X-Key,method.request.querystring.key"
    );
    for (route, word) in [("pool", "COGNITO_USER_POOLS"), ("asked", "CUSTOM"), ("role", "AWS_IAM")]
    {
        let method =
            resource(&document, "compute", &format!("aws_api_gateway_method.shop__{route}"));
        assert_eq!(method["authorization"], word, "{route}");
    }
}

#[test]
fn who_may_call_is_the_routes_or_the_apis_or_the_only_authorizers_word() {
    let auth = |keys: &str| {
        let document = document(&http(keys));
        let route = resource(&document, "compute", "aws_apigatewayv2_route.shop__main");
        route["authorization_type"].as_str().unwrap().to_owned()
    };
    let main = route("main", "");
    for (keys, expected) in [
        (main.clone(), "NONE"),
        (format!("{ISSUER}{main}"), "JWT"),
        (format!("auth = \"none\"\n{ISSUER}{main}"), "NONE"),
        (format!("auth = \"iam\"\n{main}"), "AWS_IAM"),
        (format!("auth = \"iam\"\n{ISSUER}{}", route("main", "auth = \"partner\", ")), "JWT"),
        (format!("{ISSUER}{}", route("main", "auth = \"none\", ")), "NONE"),
    ] {
        assert_eq!(auth(&keys), expected, "{keys}");
    }
}

#[test]
fn what_is_wrong_with_authorizers_is_found() {
    let main = route("main", "");
    for (keys, expected) in [
        (format!("{ISSUER}{GATE}{main}"), &[("PG0101", "route.main")][..]),
        (format!("auth = \"partners\"\n{ISSUER}{main}"), &[("PG0105", "auth")]),
        (format!("{ISSUER}{}", route("main", "auth = \"x\", ")), &[("PG0105", "route.main.auth")]),
        (route("main", "scopes = [\"a\"], "), &[("PG0108", "route.main.scopes")]),
        (
            format!("{GATE}{}", route("main", "scopes = [\"a\"], ")),
            &[("PG0108", "route.main.scopes")],
        ),
        (format!("authorizer.a = {{}}\nauth = \"none\"\n{main}"), &[("PG0101", "authorizer.a")]),
        (
            format!(
                "authorizer.a = {{ function = \"f\", user_pool = \"p\" }}\nauth = \"none\"\n{main}"
            ),
            &[("PG0108", "authorizer.a")],
        ),
        (format!("authorizer.a = {{ user_pool = \"p\" }}\n{main}"), &[("PG0101", "authorizer.a")]),
        (
            format!("authorizer.a = {{ issuer = \"https://x.example.com\" }}\n{main}"),
            &[("PG0101", "authorizer.a")],
        ),
        (
            format!(
                "authorizer.a = {{ function = \"f\", clients = [\"x\"], audience = [\"x\"], scopes = [\"x\"] }}\n{main}"
            ),
            &[
                ("PG0108", "authorizer.a.clients"),
                ("PG0108", "authorizer.a.audience"),
                ("PG0108", "authorizer.a.scopes"),
            ],
        ),
        (
            format!(
                "authorizer.a = {{ function = \"f\", identity = \"path.id\", cache = \"2h\" }}\n{main}"
            ),
            &[("PG0106", "authorizer.a.identity[0]"), ("PG0104", "authorizer.a.cache")],
        ),
        (
            format!("auth = \"none\"\nauthorizer.iam = {{ function = \"f\" }}\n{main}"),
            &[("PG0107", "authorizer.iam")],
        ),
    ] {
        let expected: Vec<_> =
            expected.iter().map(|(code, path)| (*code, (*path).to_owned())).collect();
        assert_eq!(found(&http(&keys)), expected, "{keys}");
    }
    let pool = "authorizer.a = { user_pool = \"p\", clients = [\"x\"] }\n";
    assert_eq!(
        found(&rest(&format!("{pool}{main}"))),
        [("PG0108", "authorizer.a.clients".to_owned())]
    );
    assert_eq!(
        found(&rest(&format!("{ISSUER}{main}"))),
        [("PG0401", "authorizer.partner.issuer".to_owned())]
    );
}
