//! The stage of a REST API, the deployment behind it, and what it writes down.
use super::rest_api_id;
use crate::aws;
use crate::compute::MODULE;
use crate::compute::api::pattern::{Path, Pattern};
use crate::compute::api::route::Throttle;
use crate::compute::api::spec::ApiType;
use crate::compute::api::{Api, logs};
use crate::connect::iam::{self, PolicyPlace, Role};
use crate::network;
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{
    Address, Document, Expr, Handle, Mode, ResourceBuilder, Value, block, template,
};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What stands for every method, where settings are made.
const EVERY_METHOD: &str = "*/*";
/// The beginning of the types of the parts of a REST API.
const PARTS: &str = "aws_api_gateway_";
/// The role by which all REST APIs of the account and region write logs, and its file.
const LOG_ROLE: &str = "platform__api_logs";
const FILE: &str = "api_logs";

/// Puts the deployment into a document, after everything else of the API: it is made anew when any of
/// that changes, because the hash in its triggers does.
pub(super) fn lower_deployment(api: &Api, out: &mut Document) -> Handle {
    let (hash, parts) = parts(api, out);
    let arguments = block! {
        rest_api_id: rest_api_id(api),
        triggers: block! { definition: hash },
    };
    let mut file = out.module(MODULE).file(&api.id.file());
    let deployment = file
        .resource("aws_api_gateway_deployment", &api.id.local(&[]), arguments)
        .create_before_destroy()
        .cause(&api.id.path());
    parts.iter().fold(deployment, ResourceBuilder::depends_on).add()
}

/// A hash of everything that stands in the file of the API, and the parts of the API among it.
fn parts(api: &Api, out: &Document) -> (String, Vec<Handle>) {
    let file = api.id.file();
    let mut hasher = Sha256::new();
    let mut parts = Vec::new();
    let resources = out.modules.get(MODULE).into_iter().flat_map(|module| &module.resources);
    for (address, resource) in resources.filter(|(_, resource)| resource.file == file) {
        let said = (address, &resource.arguments, &resource.meta.for_each);
        hasher.update(format!("{said:?}\n").as_bytes());
        if address.mode == Mode::Managed && address.kind.starts_with(PARTS) {
            parts.push(Handle::new(MODULE, address.clone()));
        }
    }
    (format!("{:x}", hasher.finalize()), parts)
}

/// Puts the stage and its settings into a document.
pub(super) fn lower(api: &Api, deployment: &Handle, platform: &Platform, out: &mut Document) {
    let account = lower_account(platform, out, &api.id.path());
    let group = lower_execution_logs(api, out);
    let arguments = block! {
        rest_api_id: rest_api_id(api),
        deployment_id: deployment.get("id"),
        stage_name: api.stage_name(),
        xray_tracing_enabled: api.tracing,
        access_log_settings: block! {
            destination_arn: logs::group(&api.id).get("arn"),
            format: logs::format(ApiType::Rest),
        },
    };
    let mut file = out.module(MODULE).file(&api.id.file());
    let stage = file
        .resource("aws_api_gateway_stage", &api.id.local(&[]), arguments)
        .cause(&api.id.path())
        // It writes logs from the beginning: the role and the group must be there.
        .depends_on(&account)
        .depends_on(&group)
        .add();
    lower_settings(api, &stage, out);
}

fn lower_settings(api: &Api, stage: &Handle, out: &mut Document) {
    let kind = "aws_api_gateway_method_settings";
    let arguments = |path: Value, throttle: Throttle| {
        block! {
            rest_api_id: rest_api_id(api),
            stage_name: stage.get("stage_name"),
            method_path: path,
            settings: block! {
                metrics_enabled: true,
                logging_level: "ERROR",
                data_trace_enabled: false,
                throttling_rate_limit: throttle.rate,
                throttling_burst_limit: throttle.burst,
            },
        }
    };
    let all = arguments(Value::from(EVERY_METHOD), api.throttle);
    let all = api.put(out, kind, &[], all, &api.id.path());
    for route in &api.routes {
        let Some(throttle) = route.throttle else { continue };
        let paths: BTreeMap<String, String> = route
            .patterns
            .iter()
            .filter_map(|pattern| Some((pattern.to_string(), method_path(pattern)?)))
            .collect();
        let arguments = arguments(Expr::EachValue(vec![]).into(), throttle);
        let mut file = out.module(MODULE).file(&api.id.file());
        file.resource(kind, &api.id.local(&[route.name.as_str()]), arguments)
            .for_each(paths)
            .cause(&route.path)
            // The settings of every method take those of a single one away.
            .depends_on(&all)
            .add();
    }
}

/// A method as settings name it: `/` in a path is written `~1`, the first one as well
/// (<https://docs.aws.amazon.com/cli/latest/reference/apigateway/update-stage.html>).
fn method_path(pattern: &Pattern) -> Option<String> {
    match pattern {
        Pattern::Path(method, path) => Some(format!("{}/{}", escaped(path), method.word())),
        Pattern::Default => None,
    }
}

fn escaped(path: &Path) -> String {
    path.to_string().replace('~', "~0").replace('/', "~1")
}

/// The group of execution logs, whose name API Gateway decides; else it would make one without a key
/// that keeps everything for ever
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>).
fn lower_execution_logs(api: &Api, out: &mut Document) -> Handle {
    let id = rest_api_id(api);
    let arguments = block! {
        name: template!["API-Gateway-Execution-Logs_", id, "/", api.stage_name()],
        retention_in_days: api.retention.days(),
        kms_key_id: network::logs_key().get("arn"),
    };
    let name = api.id.part(&["execution"]);
    let mut file = out.module(MODULE).file(&api.id.file());
    file.resource("aws_cloudwatch_log_group", &name, arguments).cause(&api.id.path()).add()
}

/// The role by which REST APIs write logs, put into a document for the first of them. An account has
/// one in each region. AWS checks that it holds all of the rights of its own policy for it
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>).
fn lower_account(platform: &Platform, out: &mut Document, cause: &SpecPath) -> Handle {
    let address = Address::managed("aws_api_gateway_account", "main");
    let account = Handle::new(MODULE, address);
    let known = |module: &platgen_terraform::Module| {
        module.resources.contains_key(&account.target().address)
    };
    if out.modules.get(MODULE).is_some_and(known) {
        return account;
    }
    let role = Role {
        place: PolicyPlace { module: MODULE, file: FILE, name: LOG_ROLE, cause },
        aws_name: platform.head.prefix.full(&["api-logs"]),
        service: "apigateway.amazonaws.com",
        source: None,
    };
    let role = iam::role(out, &role);
    let partition = aws::partition(out, MODULE);
    let policy = "iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";
    let arguments = block! {
        role: role.get("name"),
        policy_arn: template!["arn:", partition, format!(":{policy}")],
    };
    let mut file = out.module(MODULE).file(FILE);
    let attachment =
        file.resource("aws_iam_role_policy_attachment", LOG_ROLE, arguments).cause(cause).add();
    let arguments = block! { cloudwatch_role_arn: role.get("arn") };
    file.resource("aws_api_gateway_account", "main", arguments)
        .cause(cause)
        .depends_on(&attachment)
        .add()
}
