//! The ECS cluster that all services and jobs of a platform run in.
use super::MODULE;
use crate::kind::Thing;
use crate::network;
use crate::network::Retention;
use crate::network::logs::{LogGroup, log_group};
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Handle, Value, block};

/// The file of the cluster.
pub const FILE: &str = "cluster";
/// The name of its resources.
const NAME: &str = "main";
/// The name of the log group of ECS Exec.
const EXEC: &str = "exec";

/// The cluster.
pub fn handle() -> Handle {
    Handle::new(MODULE, Address::managed("aws_ecs_cluster", NAME))
}

/// The capacity that the cluster can use: it must be there before something wants it.
pub fn capacity_providers() -> Handle {
    Handle::new(MODULE, Address::managed("aws_ecs_cluster_capacity_providers", NAME))
}

/// The log of what is typed in shells opened by ECS Exec.
pub fn exec_log_group() -> Handle {
    Handle::new(MODULE, Address::managed("aws_cloudwatch_log_group", EXEC))
}

/// Puts the cluster into a document, if anything runs in it.
pub fn lower(platform: &Platform, out: &mut Document) {
    if platform.things.all().all(|thing| thing.task().is_none()) {
        return;
    }
    let cause = SpecPath::of(["platform"]);
    let insights = platform.head.by_profile("enhanced", "enabled");
    let arguments = block! {
        // At most 255 letters: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
        name: platform.head.prefix.name(255, &[]),
        setting: block! { name: "containerInsights", value: insights },
        configuration: allows_exec(platform).then(|| exec_configuration(platform, out)),
    };
    let mut file = out.module(MODULE).file(FILE);
    let cluster = file.resource("aws_ecs_cluster", NAME, arguments).cause(&cause).add();
    let arguments = block! {
        cluster_name: cluster.get("name"),
        capacity_providers: vec!["FARGATE", "FARGATE_SPOT"],
        default_capacity_provider_strategy: block! {
            capacity_provider: "FARGATE",
            base: 0,
            weight: 1,
        },
    };
    file.resource("aws_ecs_cluster_capacity_providers", NAME, arguments).cause(&cause).add();
    out.output("cluster__arn", cluster.get("arn"), "The ARN of the ECS cluster");
    out.output("cluster__name", cluster.get("name"), "The name of the ECS cluster");
}

fn allows_exec(platform: &Platform) -> bool {
    platform.things.all().filter_map(Thing::task).any(|task| task.exec)
}

/// What is typed in a shell is encrypted on its way and kept like every other log
/// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html>).
fn exec_configuration(platform: &Platform, out: &mut Document) -> Value {
    let cause = SpecPath::of(["platform"]);
    let group = LogGroup {
        module: MODULE,
        file: FILE,
        name: EXEC,
        aws_name: platform.head.prefix.path("/ecs-exec", &[]),
        retention: Retention::default_of(&platform.head),
        cause: &cause,
    };
    let group = log_group(out, &group);
    block! {
        execute_command_configuration: block! {
            kms_key_id: network::logs_key().get("arn"),
            logging: "OVERRIDE",
            log_configuration: block! {
                cloud_watch_encryption_enabled: true,
                cloud_watch_log_group_name: group.get("name"),
            },
        },
    }
}
