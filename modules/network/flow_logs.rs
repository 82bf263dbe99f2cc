//! Flow logs: who talked to whom, as CloudWatch Logs keeps it
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html>).
use super::logs::{LogGroup, Retention, log_group};
use super::subnets::name_tag;
use super::{MODULE, made_vpc};
use crate::aws;
use crate::connect::iam::{self, Arn, PolicyPlace, Role, Statement};
use crate::platform::{Head, Platform};
use platgen_source::Read;
use platgen_terraform::{Document, Handle, ResourceBuilder, block, template};

/// The file of the flow logs.
const FILE: &str = "flow_logs";

/// What is written down of the traffic.
#[derive(Debug, Read)]
#[spec(short = "retention")]
pub struct FlowLogsSpec {
    /// How long it is kept, `"30d"`. By default 90 days, in development 7.
    pub retention: Option<Retention>,
    /// Which traffic. By default all of it.
    pub traffic: Option<Traffic>,
}

/// Which traffic is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Traffic {
    /// All of it.
    All,
    /// What was let through.
    Accept,
    /// What was turned away.
    Reject,
}

/// What is written down of a VPC's traffic, with every detail decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowLogs {
    /// How long it is kept.
    pub retention: Retention,
    /// Which traffic.
    pub traffic: Traffic,
}

impl FlowLogs {
    /// Decides what the spec leaves open.
    pub fn resolve(spec: Option<&FlowLogsSpec>, head: &Head) -> Self {
        let retention = spec.and_then(|spec| spec.retention);
        let traffic = spec.and_then(|spec| spec.traffic);
        Self {
            retention: retention.unwrap_or(Retention::default_of(head)),
            traffic: traffic.unwrap_or(Traffic::All),
        }
    }
}

/// Puts the flow log of the VPC into a document.
pub(super) fn lower(flow_logs: &FlowLogs, platform: &Platform, out: &mut Document) {
    let cause = super::section().key("flow_logs");
    let name = platform.head.prefix.as_str();
    let group = LogGroup {
        module: MODULE,
        file: FILE,
        name: FILE,
        aws_name: format!("/aws/vpc/{name}-flow-logs"),
        retention: flow_logs.retention,
        cause: &cause,
    };
    let group = log_group(out, &group);
    let place = PolicyPlace { module: MODULE, file: FILE, name: FILE, cause: &cause };
    let (role, policy) = writer(platform, out, &place, &group);
    let arguments = block! {
        vpc_id: made_vpc().get("id"),
        traffic_type: flow_logs.traffic.aws_word(),
        log_destination_type: "cloud-watch-logs",
        log_destination: group.get("arn"),
        iam_role_arn: role.get("arn"),
        // The shorter of the two intervals that there are, in seconds:
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html
        max_aggregation_interval: 60,
        tags: name_tag(platform, &["flow-logs"]),
    };
    let mut file = out.module(MODULE).file(FILE);
    let log = file.resource("aws_flow_log", "main", arguments).cause(&cause);
    policy.iter().fold(log, ResourceBuilder::depends_on).add();
}

/// The role that the flow log writes with, and its policy
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html>).
fn writer(
    platform: &Platform,
    out: &mut Document,
    place: &PolicyPlace<'_>,
    group: &Handle,
) -> (Handle, Option<Handle>) {
    let source = aws::arn(out, MODULE, "ec2", &platform.head.region, "vpc-flow-log/*");
    let role = Role {
        place: PolicyPlace { ..*place },
        aws_name: platform.head.prefix.full(&["flow-logs"]),
        service: "vpc-flow-logs.amazonaws.com",
        source: Some(source),
    };
    let role = iam::role(out, &role);
    let group_arn = Arn::new("logs:log-group", group.get("arn"));
    // Calls about a whole group are checked against either form of its ARN.
    let inside = template![group.get("arn"), ":*"];
    let any_stream = Arn::new("logs:log-group", inside.clone());
    let streams = Arn::new("logs:log-stream", inside);
    let statements = [
        Statement::allow(&["logs:CreateLogStream", "logs:PutLogEvents"], vec![streams]),
        Statement::allow(&["logs:DescribeLogStreams"], vec![group_arn, any_stream]),
        Statement::allow(&["logs:DescribeLogGroups"], vec![Arn::any()]),
    ];
    let policy = iam::attach(out, &role, place, &statements);
    (role, policy)
}

impl Traffic {
    fn aws_word(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Accept => "ACCEPT",
            Self::Reject => "REJECT",
        }
    }
}
