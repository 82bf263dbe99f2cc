//! What services become, and what is refused.
use crate::testing::{addresses, document, document_in, findings, findings_in, resource};
use platgen_source::json::{Value as Json, json};
use platgen_terraform::{Document, render, schema::Schema};
use pretty_assertions::assert_eq;

/// A local of the module, as it is written.
pub(crate) fn local(document: &Document, name: &str) -> Json {
    for (path, content) in render(document, Schema::embedded()) {
        if path.starts_with("modules/compute/") {
            let content: Json = platgen_source::json::from_slice(&content).unwrap();
            if let Some(found) = content["locals"].get(name) {
                return found.clone();
            }
        }
    }
    Json::Null
}

/// The variables of the main container of a thing, by name.
pub(crate) fn environment(document: &Document, thing: &str) -> Json {
    let container = &local(document, &format!("{thing}__containers"))[0];
    container["environment"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["name"].as_str().unwrap().to_owned(), entry["value"].clone()))
        .collect()
}

const MINIMAL: &str = r#"
[service.web]
image = "nginx:1.29"
port = 8080
"#;

#[test]
fn a_minimal_service_is_private_and_rolls_back() {
    let document = document(MINIMAL);
    let service = resource(&document, "compute", "aws_ecs_service.web");
    for (key, expected) in [
        ("name", json!("dev-shop-web")),
        ("desired_count", json!(1)),
        ("availability_zone_rebalancing", json!("ENABLED")),
        ("propagate_tags", json!("SERVICE")),
        ("enable_ecs_managed_tags", json!(true)),
        ("enable_execute_command", json!(false)),
        ("deployment_minimum_healthy_percent", json!(100)),
        ("deployment_maximum_percent", json!(200)),
        ("health_check_grace_period_seconds", Json::Null),
        ("service_connect_configuration", Json::Null),
        ("lifecycle", Json::Null),
    ] {
        assert_eq!(service[key], expected, "{key}");
    }
    let network = &service["network_configuration"].to_string();
    assert!(network.contains("\"assign_public_ip\":false"), "{network}");
    let breaker = &service["deployment_circuit_breaker"].to_string();
    assert!(breaker.contains("\"enable\":true,\"rollback\":true"), "{breaker}");
    let after = service["depends_on"].to_string();
    for other in [
        "aws_ecs_cluster_capacity_providers.main",
        "aws_iam_role_policy.service__web__execution__base",
    ] {
        assert!(after.contains(other), "{after}");
    }
    let group = resource(&document, "compute", "aws_cloudwatch_log_group.service__web");
    assert_eq!(group["name"], json!("/ecs/dev-shop/web"));
    assert_eq!(group["retention_in_days"], json!(7));
}

#[test]
fn a_task_definition_says_everything_itself() {
    let document = document(MINIMAL);
    let definition = resource(&document, "compute", "aws_ecs_task_definition.service__web");
    assert_eq!((&definition["cpu"], &definition["memory"]), (&json!("256"), &json!("512")));
    assert_eq!(
        definition["container_definitions"],
        "${jsonencode(local.service__web__containers)}"
    );
    assert_eq!(
        local(&document, "service__web__containers"),
        json!([{
            "name": "web",
            "image": "nginx:1.29",
            "essential": true,
            "cpu": 0,
            "portMappings": [{
                "name": "http",
                "containerPort": 8080,
                "hostPort": 8080,
                "protocol": "tcp",
                "appProtocol": "http",
            }],
            "environment": [],
            "secrets": [],
            "readonlyRootFilesystem": false,
            "linuxParameters": { "initProcessEnabled": true },
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {
                    "awslogs-group": "${aws_cloudwatch_log_group.service__web.name}",
                    "awslogs-region": "us-east-2",
                    "awslogs-stream-prefix": "web",
                    "max-buffer-size": "25m",
                    "mode": "non-blocking",
                },
            },
            "mountPoints": [],
            "systemControls": [],
            "volumesFrom": [],
        }])
    );
}

#[test]
fn production_runs_two_to_four_tasks_with_targets() {
    let document = document_in("prod", MINIMAL);
    let service = resource(&document, "compute", "aws_ecs_service.web");
    assert_eq!(service["desired_count"], json!(2));
    assert_eq!(service["lifecycle"].to_string(), r#"{"ignore_changes":["desired_count"]}"#);
    let target = resource(&document, "compute", "aws_appautoscaling_target.web");
    assert_eq!((&target["min_capacity"], &target["max_capacity"]), (&json!(2), &json!(4)));
    assert_eq!(
        target["resource_id"],
        "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.web.name}"
    );
    for (policy, metric, value) in [
        ("web__cpu", "ECSServiceAverageCPUUtilization", 60),
        ("web__memory", "ECSServiceAverageMemoryUtilization", 70),
    ] {
        let policy = resource(&document, "compute", &format!("aws_appautoscaling_policy.{policy}"));
        let text = policy.to_string();
        assert!(text.contains(metric) && text.contains(&format!("\"target_value\":{value}")));
        assert!(text.contains("\"scale_in_cooldown\":300,\"scale_out_cooldown\":60"), "{text}");
    }
    let cluster = resource(&document, "compute", "aws_ecs_cluster.main").to_string();
    assert!(cluster.contains("enhanced"), "{cluster}");
}

#[test]
fn scale_decides_numbers_and_capacity() {
    for (scale, environment, count, limits) in [
        ("{ min = 1, max = 1 }", "prod", 1, None),
        ("{ min = 3, max = 20 }", "prod", 3, Some((3, 20))),
        ("{ max = 1 }", "prod", 1, None),
        ("{ min = 2 }", "dev", 2, None),
        ("{ cpu = 50 }", "dev", 1, Some((1, 2))),
        ("{ min = 0, max = 2 }", "dev", 0, Some((0, 2))),
    ] {
        let document = document_in(environment, &format!("{MINIMAL}scale = {scale}"));
        let service = resource(&document, "compute", "aws_ecs_service.web");
        assert_eq!(service["desired_count"], json!(count), "{scale}");
        let target = resource(&document, "compute", "aws_appautoscaling_target.web");
        let found = target["min_capacity"].as_i64().zip(target["max_capacity"].as_i64());
        assert_eq!(found, limits, "{scale}");
    }
    let document = document(&format!("{MINIMAL}scale = {{ min = 3, max = 12, spot_above = 6 }}"));
    let service = resource(&document, "compute", "aws_ecs_service.web");
    assert_eq!(
        service["capacity_provider_strategy"],
        json!([
            { "capacity_provider": "FARGATE", "base": 6, "weight": 0 },
            { "capacity_provider": "FARGATE_SPOT", "base": 0, "weight": 1 },
        ])
    );
}

#[test]
fn requests_are_counted_at_the_target_group() {
    let text = "route.main = \"/*\"\nscale = { min = 1, max = 4, requests = 500 }\n";
    let document = document(&format!("{MINIMAL}{text}"));
    let policy = resource(&document, "compute", "aws_appautoscaling_policy.web__requests");
    let text = policy.to_string();
    assert!(text.contains("ALBRequestCountPerTarget"), "{text}");
    assert!(
        text.contains("${aws_lb.public.arn_suffix}/${aws_lb_target_group.web__main.arn_suffix}")
    );
}

#[test]
fn routes_stand_in_the_service_and_come_before_it() {
    let document =
        document(&format!("{MINIMAL}route.main = \"/*\"\nhealth = {{ grace = \"90s\" }}"));
    let service = resource(&document, "compute", "aws_ecs_service.web");
    assert_eq!(service["health_check_grace_period_seconds"], json!(90));
    let text = service["load_balancer"].to_string();
    assert!(text.contains("\"container_name\":\"web\",\"container_port\":8080"), "{text}");
    let after = service["depends_on"].to_string();
    assert!(after.contains("aws_lb_listener_rule.web__main"), "{after}");
}

#[test]
fn an_image_of_its_own_has_a_repository_and_a_variable() {
    let document = document("[service.web]\nport = 8080\n");
    let containers = local(&document, "service__web__containers");
    assert_eq!(
        containers[0]["image"],
        "${aws_ecr_repository.service__web.repository_url}:${var.web_tag}"
    );
    let repository = resource(&document, "compute", "aws_ecr_repository.service__web");
    assert_eq!(repository["image_tag_mutability"], "IMMUTABLE");
    assert_eq!(document.variables["web_tag"].default, None);
    let text = pull_policy(&document);
    assert!(text.contains("${aws_ecr_repository.service__web.arn}"), "{text}");
    assert!(text.contains("ecr:GetAuthorizationToken"), "{text}");
}

fn pull_policy(document: &Document) -> String {
    let name = "data.aws_iam_policy_document.service__web__execution__base";
    resource(document, "compute", name).to_string()
}

#[test]
fn pulling_is_allowed_from_exactly_what_is_named() {
    let ecr = "123456789012.dkr.ecr.us-east-2.amazonaws.com/shop/web:1";
    let named = document(&format!("[service.web]\nimage = \"{ecr}\"\n"));
    let text = pull_policy(&named);
    assert!(text.contains("\"arn:aws:ecr:us-east-2:123456789012:repository/shop/web\""), "{text}");
    assert!(text.contains("${aws_cloudwatch_log_group.service__web.arn}:*"), "{text}");
    let public = pull_policy(&document(MINIMAL));
    assert!(!public.contains("ecr:"), "{public}");
}

#[test]
fn releases_come_from_the_spec_a_variable_or_elsewhere() {
    let by_variable = document(&format!("{MINIMAL}release = \"variable\""));
    assert_eq!(local(&by_variable, "service__web__containers")[0]["image"], "${var.web_image}");
    assert_eq!(by_variable.variables["web_image"].default, Some(json!("nginx:1.29")));
    let external = document_in("prod", &format!("{MINIMAL}release = \"external\""));
    let service = resource(&external, "compute", "aws_ecs_service.web");
    assert_eq!(service["lifecycle"]["ignore_changes"], json!(["desired_count", "task_definition"]));
}

#[test]
fn exec_brings_channels_and_a_log() {
    let document = document(&format!("{MINIMAL}exec = true"));
    let service = resource(&document, "compute", "aws_ecs_service.web");
    assert_eq!(service["enable_execute_command"], json!(true));
    let policy = "data.aws_iam_policy_document.service__web__task__exec";
    let text = resource(&document, "compute", policy).to_string();
    assert!(text.contains("ssmmessages:OpenDataChannel"), "{text}");
    assert!(text.contains("${aws_cloudwatch_log_group.exec.arn}:*"), "{text}");
    let cluster = resource(&document, "compute", "aws_ecs_cluster.main").to_string();
    assert!(cluster.contains("execute_command_configuration"), "{cluster}");
    let without = addresses(&crate::testing::document(MINIMAL), "compute");
    assert!(!without.contains(&"aws_cloudwatch_log_group.exec".to_owned()));
}

/// `web` calls `orders`, and `orders` calls `stock` at one of its ports.
const CALLS: &str = r#"
[service.web]
image = "web:1"
port = 8080
uses.service.orders = "connect"
env.ORDERS = "{service.orders.url}/v1"
env.SELF = "{service.web.url}"
[service.orders]
image = "orders:1"
port = { http = 8081, rpc = "9000/grpc" }
uses.service.stock = { connect = { port = "sql" }, as = "DB" }
env.STOCK = "{service.stock.host}:{service.stock.port}"
[service.stock]
image = "stock:1"
port = { sql = "5432/tcp", admin = 8082 }
"#;

#[test]
fn services_find_each_other_by_name_and_port() {
    let document = document(CALLS);
    assert_eq!(
        environment(&document, "service__web"),
        json!({
            "ORDERS": "http://orders:8081/v1",
            "ORDERS_HOST": "orders",
            "ORDERS_PORT": "8081",
            "ORDERS_URL": "http://orders:8081",
            "SELF": "http://localhost:8080",
        })
    );
    assert_eq!(
        environment(&document, "service__orders"),
        json!({
            "DB_HOST": "stock",
            "DB_PORT": "5432",
            "DB_URL": "tcp://stock:5432",
            "STOCK": "stock:5432",
        })
    );
    let orders = resource(&document, "compute", "aws_ecs_service.orders");
    let connect = &orders["service_connect_configuration"];
    let connect = if connect.is_array() { &connect[0] } else { connect };
    assert_eq!(connect["namespace"], "${aws_service_discovery_http_namespace.services.arn}");
    let text = connect["service"].to_string();
    for part in [
        r#""discovery_name":"orders__http","port_name":"http""#,
        r#""discovery_name":"orders__rpc","port_name":"rpc""#,
        r#""dns_name":"orders","port":8081"#,
    ] {
        assert!(text.contains(part), "{text}");
    }
    let web = resource(&document, "compute", "aws_ecs_service.web");
    assert!(!web["service_connect_configuration"].is_null());
    assert!(!web["service_connect_configuration"].to_string().contains("discovery_name"));
    assert!(web["service_registries"].is_null());
}

#[test]
fn what_is_called_comes_first_unless_it_calls_back() {
    let after = |document: &Document, service: &str| {
        let service = resource(document, "compute", &format!("aws_ecs_service.{service}"));
        service["depends_on"].to_string()
    };
    let document = document(CALLS);
    assert!(after(&document, "web").contains("aws_ecs_service.orders"));
    assert!(after(&document, "orders").contains("aws_ecs_service.stock"));
    assert!(!after(&document, "stock").contains("aws_ecs_service."));
    let cycle = CALLS.replace("[service.stock]", "[service.stock]\nuses.service.web = \"connect\"");
    let document = crate::testing::document(&cycle);
    for service in ["web", "orders", "stock"] {
        assert!(!after(&document, service).contains("aws_ecs_service."), "{service}");
    }
}

#[test]
fn an_edge_opens_the_ports_it_names() {
    let rules = addresses(&document(CALLS), "network");
    let has = |rule: &str| rules.iter().any(|address| address.contains(rule));
    assert!(has("service__orders__to__service__stock__sql"), "{rules:#?}");
    assert!(!has("service__orders__to__service__stock__admin"), "{rules:#?}");
    assert!(has("service__web__to__service__orders__rpc"), "{rules:#?}");
}

#[test]
fn datagrams_are_found_by_dns() {
    let document = document(
        r#"
[service.web]
image = "web:1"
uses.service.dns = "connect"
[service.dns]
image = "dns:1"
port.dns = "53/udp"
"#,
    );
    assert_eq!(environment(&document, "service__web")["DNS_HOST"], "dns.dev-shop.internal");
    let service = resource(&document, "compute", "aws_ecs_service.dns");
    assert!(
        service["service_registries"].to_string().contains("aws_service_discovery_service.dns")
    );
    assert!(service["service_connect_configuration"].is_null());
}

#[test]
fn what_cannot_be_is_told_in_its_place() {
    for (text, expected) in [
        ("scale = { min = 5, max = 2 }", ("PG0401", "service.web.scale.min")),
        ("scale = { requests = 100 }", ("PG0108", "service.web.scale.requests")),
        ("health = { start = \"10s\" }", ("PG0108", "service.web.health.start")),
        ("health = { grace = \"10s\" }", ("PG0108", "service.web.health.grace")),
        (
            "uses.service.api = { connect = { port = \"x\" } }",
            ("PG0201", "service.web.uses.service.api.connect.port"),
        ),
        ("uses.service.mute = \"connect\"", ("PG0108", "service.web.uses.service.mute.connect")),
        ("env.A = \"a {service.api.host}\"", ("PG0204", "service.web.env.A")),
        (
            "env.A = \"{service.api.arn}\"\nuses.service.api = \"connect\"",
            ("PG0203", "service.web.env.A"),
        ),
    ] {
        let others = "[service.api]\nimage = \"a:1\"\nport = 80\n[service.mute]\nimage = \"a:1\"";
        let found = findings(&format!("{MINIMAL}{text}\n{others}"));
        let found: Vec<_> = found.iter().map(|(code, path, _)| (*code, path.as_str())).collect();
        assert_eq!(found, [expected], "{text}");
    }
    assert_eq!(findings_in("prod", MINIMAL), []);
}
