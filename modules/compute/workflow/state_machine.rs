//! A state machine of Step Functions: its role, its log group and itself. Workflows have one, and jobs
//! that are tried again.
use super::spec::{LogLevel, MachineType};
use crate::aws;
use crate::compute::{MODULE, cluster};
use crate::connect::iam::{self, PolicyPlace, Role, Statement};
use crate::connect::matrix::{self, AWS, On};
use crate::network::Retention;
use crate::network::logs::{LogGroup, log_group};
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{
    Address, Document, Expr, Handle, ResourceBuilder, Value, block, json, template,
};

/// The longest name of a state machine
/// (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html>).
pub const LONGEST_NAME: usize = 80;

/// A state machine, and where it is put.
pub struct StateMachine<'a> {
    /// The file.
    pub file: String,
    /// The name of its role, its log group and its definition, and the beginning of those of its policies.
    pub identifier: String,
    /// The name of the state machine's resource.
    pub local: String,
    /// The name at AWS.
    pub aws_name: &'a str,
    /// The name of the role at AWS.
    pub role_name: String,
    /// Standard or express.
    pub machine_type: MachineType,
    /// The definition in the Amazon States Language.
    pub definition: Value,
    /// What is written down.
    pub logs: Logs,
    /// Whether X-Ray follows executions.
    pub tracing: bool,
    /// How it is encrypted, beside the encryption that everything at Step Functions has.
    pub encryption: Option<Value>,
    /// What the role may do, by the name of each policy, and which line gives it.
    pub rights: Vec<(String, SpecPath, Vec<Statement>)>,
    /// The line of the spec that causes it.
    pub cause: &'a SpecPath,
}

/// What is written down of executions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logs {
    /// How long it is kept.
    pub retention: Retention,
    /// Which events.
    pub level: LogLevel,
    /// Whether with the data of executions.
    pub data: bool,
}

impl StateMachine<'_> {
    /// Puts role, log group and state machine into a document. The role holds what it needs before the
    /// state machine is made: Step Functions looks
    /// (<https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html>).
    pub fn lower(self, platform: &Platform, out: &mut Document) -> Handle {
        let (role, policies) = self.lower_role(platform, out);
        let group = LogGroup {
            module: MODULE,
            file: &self.file,
            name: &self.identifier,
            // Elsewhere the groups would fill the policy by which deliveries are allowed.
            aws_name: format!("/aws/vendedlogs/states/{}", self.aws_name),
            retention: self.logs.retention,
            cause: self.cause,
        };
        let group = log_group(out, &group);
        let mut file = out.module(MODULE).file(&self.file);
        let definition = file.local(&self.identifier, self.definition);
        let arguments = block! {
            name: self.aws_name,
            type: self.machine_type.aws_word(),
            role_arn: role.get("arn"),
            definition: json(definition),
            logging_configuration: block! {
                level: self.logs.level.aws_word(),
                include_execution_data: self.logs.data,
                log_destination: template![group.get("arn"), ":*"],
            },
            encryption_configuration: self.encryption,
            tracing_configuration: self.tracing.then(|| block! { enabled: true }),
        };
        let machine =
            file.resource("aws_sfn_state_machine", &self.local, arguments).cause(self.cause);
        policies.iter().fold(machine, ResourceBuilder::depends_on).add()
    }

    fn lower_role(&self, platform: &Platform, out: &mut Document) -> (Handle, Vec<Handle>) {
        let source = format!("stateMachine:{}", self.aws_name);
        let source = aws::arn(out, MODULE, "states", &platform.head.region, source);
        let role = Role {
            place: self.place(&self.identifier, self.cause),
            aws_name: self.role_name.clone(),
            service: "states.amazonaws.com",
            source: Some(source),
        };
        let role = iam::role(out, &role);
        let attach = |(word, cause, statements): &(String, SpecPath, Vec<Statement>)| {
            let name = format!("{}__{word}", self.identifier);
            iam::attach(out, &role, &self.place(&name, cause), statements)
        };
        let policies = self.rights.iter().filter_map(attach).collect();
        (role, policies)
    }

    fn place<'p>(&'p self, name: &'p str, cause: &'p SpecPath) -> PolicyPlace<'p> {
        PolicyPlace { module: MODULE, file: &self.file, name, cause }
    }
}

/// The ARN of a state machine, put together from its name: account and partition are read off the ARN of
/// its log group. It can so be named by what the state machine itself names.
pub fn arn(identifier: &str, aws_name: &str, region: &str) -> Value {
    own_arn(identifier, region, format!("stateMachine:{aws_name}"))
}

/// The ARNs of the executions of a standard state machine.
pub fn executions(identifier: &str, aws_name: &str, region: &str) -> Value {
    own_arn(identifier, region, format!("execution:{aws_name}:*"))
}

fn own_arn(identifier: &str, region: &str, resource: String) -> Value {
    let group = Handle::new(MODULE, Address::managed("aws_cloudwatch_log_group", identifier));
    let part = |place: usize| {
        let words = Expr::Call("split", vec![Value::from(":"), group.get("arn")]);
        Expr::Index(Box::new(words), platgen_terraform::IndexKey::Position(place))
    };
    template!["arn:", part(1), format!(":states:{region}:"), part(4), ":", resource]
}

/// The log group of a state machine.
pub fn logs_of(identifier: &str) -> Handle {
    Handle::new(MODULE, Address::managed("aws_cloudwatch_log_group", identifier))
}

/// What Step Functions needs to write the logs of a state machine.
pub fn log_rights(region: &str) -> Vec<Statement> {
    matrix::rights(AWS, "workflow logs", region, |_| On::nothing())
}

/// Hearing of the end of a task, and stopping it when it takes too long.
pub fn task_rights(platform: &Platform, out: &mut Document) -> Vec<Statement> {
    let region = &platform.head.region;
    let tasks = template!["task/", cluster::handle().get("name"), "/*"];
    let tasks = aws::arn(out, MODULE, "ecs", region, tasks);
    let rule = rule("StepFunctionsGetEventsForECSTaskRule", platform, out);
    matrix::rights("job", "wait", region, |kind| match kind {
        "ecs:task" => {
            let cluster = cluster::handle().get("arn");
            On::from(tasks.clone()).when("ArnEquals", "ecs:cluster", [cluster])
        }
        "events:rule-on-default-event-bus" => rule.clone().into(),
        _ => On::nothing(),
    })
}

/// Hearing of the end of an execution, and stopping it when it takes too long.
pub fn execution_rights(
    executions: &Value,
    platform: &Platform,
    out: &mut Document,
) -> Vec<Statement> {
    let rule = rule("StepFunctionsGetEventsForStepFunctionsExecutionRule", platform, out);
    let region = &platform.head.region;
    matrix::rights("workflow", "wait", region, |kind| match kind {
        "states:execution" => executions.clone().into(),
        "events:rule-on-default-event-bus" => rule.clone().into(),
        _ => On::nothing(),
    })
}

/// The rule that Step Functions keeps by itself to hear of something.
fn rule(name: &str, platform: &Platform, out: &mut Document) -> Value {
    aws::arn(out, MODULE, "events", &platform.head.region, format!("rule/{name}"))
}
