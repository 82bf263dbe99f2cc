//! X-Ray: how many requests are traced, and a group of those of the platform. Both exist only where
//! something traces, which the document knows.
use super::{MODULE, section};
use crate::names::fit;
use crate::platform::Platform;
use platgen_terraform::{Document, Handle, Mode, Value, block, template};

/// The file of it all.
const FILE: &str = "traces";
/// The name of its resources.
const NAME: &str = "platform";
/// The longest names of a group and of a rule
/// (<https://docs.aws.amazon.com/xray/latest/api/API_CreateGroup.html>,
/// <https://docs.aws.amazon.com/xray/latest/api/API_SamplingRule.html>).
const LONGEST_NAME: usize = 32;
/// The longest name of a service in a rule, with the `*` at its end.
const LONGEST_SERVICE: usize = 64;
/// Where the rule stands among those of the account; a lower one is asked earlier, and the rule of AWS
/// for everything else is asked at 10000
/// (<https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html>).
const PRIORITY: i64 = 5000;
/// Requests a second that are traced whatever the share is.
const RESERVOIR: i64 = 1;
/// The most services that the group names: an expression has 2000 letters
/// (<https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html>), a service takes 100
/// at most, and what is not named is still traced.
const MOST_SERVICES: usize = 20;

/// Resources that trace: the type, the argument that says so, and what names them in traces.
const TRACING: [(&str, &str, &str); 3] = [
    ("aws_api_gateway_stage", "xray_tracing_enabled", "stage_name"),
    ("aws_lambda_function", "tracing_config", "function_name"),
    ("aws_sfn_state_machine", "tracing_configuration", "name"),
];

/// Puts group and rule into a document, if something traces.
pub(super) fn lower(platform: &Platform, out: &mut Document) {
    let services = services(out);
    if services.is_empty() {
        return;
    }
    let prefix = platform.head.prefix.as_str();
    let cause = section().key("sampling");
    let share = platform.observability.sampling;
    #[expect(clippy::cast_precision_loss, reason = "a share is at most 100")]
    let rate = super::reading::number(share as f64 / 100.0);
    let service: String = prefix.chars().take(LONGEST_SERVICE - 1).collect();
    let rule = block! {
        rule_name: fit(prefix, LONGEST_NAME),
        priority: PRIORITY,
        version: 1,
        reservoir_size: RESERVOIR,
        fixed_rate: rate,
        service_name: format!("{service}*"),
        service_type: "*",
        host: "*",
        http_method: "*",
        url_path: "*",
        resource_arn: "*",
    };
    let mut expression = Vec::new();
    for (place, service) in services.into_iter().take(MOST_SERVICES).enumerate() {
        let joint = if place == 0 { "" } else { " OR " };
        expression.push(template![joint, "service(\"", service, "\")"]);
    }
    let insights = platform.head.is_production();
    let group = block! {
        group_name: fit(prefix, LONGEST_NAME),
        filter_expression: Value::join(expression),
        insights_configuration: block! {
            insights_enabled: insights,
            notifications_enabled: insights,
        },
    };
    let mut file = out.module(MODULE).file(FILE);
    file.resource("aws_xray_sampling_rule", NAME, rule).cause(&cause).add();
    file.resource("aws_xray_group", NAME, group).cause(&cause).add();
}

/// The names in traces of everything that traces, by module and name.
fn services(out: &Document) -> Vec<Value> {
    let mut services = Vec::new();
    for (module, content) in &out.modules {
        for (address, resource) in &content.resources {
            let known = TRACING.iter().find(|(kind, ..)| *kind == address.kind);
            let Some((_, argument, name)) = known else { continue };
            let traces = resource.arguments.get(*argument).is_some_and(is_on);
            if address.mode == Mode::Managed && traces {
                services.push(Handle::new(module, address.clone()).get(name));
            }
        }
    }
    services
}

/// Whether an argument says that something traces: `true`, or a block that does not leave it to others.
fn is_on(value: &Value) -> bool {
    match value {
        Value::Bool(on) => *on,
        Value::Map(block) => block.values().any(|inner| match inner {
            Value::Text(mode) => mode == "Active",
            other => is_on(other),
        }),
        Value::List(blocks) => blocks.iter().any(is_on),
        _ => false,
    }
}
