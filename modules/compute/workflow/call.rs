//! Tasks as Step Functions calls other services
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html>).
use super::spec::MachineType;
use super::state::tasks::{
    EmailTaskSpec, EventSpec, GetSpec, InvokeSpec, PublishSpec, PutSpec, RunSpec, SendSpec,
    StartSpec, UpdateSpec,
};
use super::state::{Action, Task, Waiting, tables};
use super::template::Template;
use crate::aws;
use crate::compute::MODULE;
use crate::connect::receiver::{ReceiverTarget, TaskTarget};
use crate::data::table::{AttributeName, AttributeType};
use crate::kind::{Output, Thing, ThingId};
use crate::platform::{Head, Platform};
use platgen_terraform::{Document, Value, block, template};
use std::collections::BTreeMap;

/// What the states of a workflow are written with.
pub struct Lowering<'a> {
    /// The workflow.
    pub id: &'a ThingId,
    /// Its name at AWS.
    pub aws_name: &'a str,
    /// The whole platform.
    pub platform: &'a Platform,
    /// Where resources go.
    pub out: &'a mut Document,
}

/// A call of another service.
pub struct Call {
    /// What is called: a function, or an integration.
    pub resource: Value,
    /// What it is given; null where it gets its input as it is.
    pub parameters: Value,
    /// The path to its input, where that is not all data.
    pub input: Option<String>,
}

/// The variable that a container finds the token in.
const TOKEN_VARIABLE: &str = "TASK_TOKEN";
/// The path to the token of a task.
const TOKEN: &str = "$$.Task.Token";

impl Lowering<'_> {
    /// The call of a task.
    pub fn call(&mut self, task: &Task) -> Call {
        let waiting = task.waiting;
        let (integration, parameters) = match &task.action {
            Action::Invoke(spec) if waiting == Waiting::Response => {
                return invoke(spec, self.output(&spec.function.id(), "arn"), self.head());
            }
            Action::Invoke(spec) => ("lambda:invoke", self.invoke_and_wait(spec)),
            Action::Email(spec) => ("aws-sdk:sesv2:sendEmail", self.email(spec, waiting)),
            Action::Publish(spec) => ("sns:publish", self.publish(spec, waiting)),
            Action::Send(spec) => ("sqs:sendMessage", self.send(spec, waiting)),
            Action::Event(spec) => ("events:putEvents", self.event(spec, waiting)),
            Action::Run(spec) => self.run(spec, waiting),
            Action::Start(spec) => self.start(spec, waiting),
            Action::Get(spec, types) => ("dynamodb:getItem", self.get(spec, types)),
            Action::Put(spec, types) => ("dynamodb:putItem", self.put(spec, types)),
            Action::Update(spec, types) => ("dynamodb:updateItem", self.update(spec, types)),
            Action::Delete(spec, types) => {
                let key = tables::item(&spec.key, types, self.head());
                let table = self.output(&spec.table.id(), "name");
                ("dynamodb:deleteItem", block! { TableName: table, Key: key })
            }
        };
        let ending = match (waiting, integration) {
            (Waiting::Response, _) | (Waiting::End, "aws-sdk:sfn:startSyncExecution") => "",
            (Waiting::End, "states:startExecution") => ".sync:2",
            (Waiting::End, _) => ".sync",
            (Waiting::Callback, _) => ".waitForTaskToken",
        };
        let partition = aws::partition(self.out, MODULE);
        let resource = template!["arn:", partition, ":states:::", integration, ending];
        Call { resource, parameters, input: None }
    }

    fn head(&self) -> &Head {
        &self.platform.head
    }

    /// What placeholders name of a thing.
    fn output(&self, id: &ThingId, word: &str) -> Value {
        let thing = self.platform.thing(id);
        match thing.map(|thing| thing.output(&[word.to_owned()], self.id, self.platform)) {
            Some(Output::Plain(value)) => value,
            Some(Output::Secret(_)) | None => Value::Null,
        }
    }

    fn invoke_and_wait(&self, spec: &InvokeSpec) -> Value {
        let payload = body(spec.payload.as_ref(), Waiting::Callback).entry("Payload", self.head());
        let function = self.output(&spec.function.id(), "arn");
        Value::Map([("FunctionName".to_owned(), function), payload].into())
    }

    fn email(&self, spec: &EmailTaskSpec, waiting: Waiting) -> Value {
        let (head, sender) = (self.head(), spec.from.id());
        let to = Template::List(spec.to.0.clone()).entry("ToAddresses", head);
        let data = body(spec.data.as_ref(), waiting).json_entry("TemplateData", head);
        let mail = self.platform.things.email.get(spec.from.name());
        let name = mail.and_then(|mail| mail.template(&spec.template));
        let name = Value::from(name.map(|template| template.get("name")));
        let template = Value::Map([("TemplateName".to_owned(), name), data].into());
        block! {
            FromEmailAddress: self.output(&sender, "from"),
            Destination: Value::Map([to].into()),
            Content: block! { Template: template },
            ConfigurationSetName: self.output(&sender, "configuration_set"),
        }
    }

    fn publish(&self, spec: &PublishSpec, waiting: Waiting) -> Value {
        let head = self.head();
        let optional = [
            ("Subject", spec.subject.as_ref()),
            ("MessageGroupId", spec.group.as_ref()),
            ("MessageDeduplicationId", spec.deduplication.as_ref()),
        ];
        let mut parameters = given(&optional, head);
        parameters.insert("TopicArn".to_owned(), self.output(&spec.topic.id(), "arn"));
        parameters.extend([body(spec.message.as_ref(), waiting).entry("Message", head)]);
        parameters.extend(attributes(&spec.attributes, head));
        Value::Map(parameters)
    }

    fn send(&self, spec: &SendSpec, waiting: Waiting) -> Value {
        let head = self.head();
        let optional = [
            ("MessageGroupId", spec.group.as_ref()),
            ("MessageDeduplicationId", spec.deduplication.as_ref()),
        ];
        let mut parameters = given(&optional, head);
        parameters.insert("QueueUrl".to_owned(), self.output(&spec.queue.id(), "url"));
        parameters.extend([body(spec.message.as_ref(), waiting).entry("MessageBody", head)]);
        parameters.extend(attributes(&spec.attributes, head));
        Value::Map(parameters)
    }

    fn event(&self, spec: &EventSpec, waiting: Waiting) -> Value {
        let head = self.head();
        let entry = BTreeMap::from([
            ("EventBusName".to_owned(), self.output(&spec.bus.id(), "name")),
            ("DetailType".to_owned(), Value::from(head.plain(&spec.detail_type))),
            ("Source".to_owned(), Value::from(spec.source_text(self.aws_name, head))),
            body(spec.detail.as_ref(), waiting).entry("Detail", head),
        ]);
        block! { Entries: [Value::Map(entry)] }
    }

    /// A job runs as its task, or in the state machine that tries it again.
    fn run(&mut self, spec: &RunSpec, waiting: Waiting) -> (&'static str, Value) {
        let platform = self.platform;
        let job = platform.things.job.get(spec.job.name());
        let receiver = job.and_then(|job| job.receiver(platform, self.out, MODULE));
        let (Some(job), Some(receiver)) = (job, receiver) else {
            return ("ecs:runTask", Value::Null);
        };
        if let ReceiverTarget::Task(target) = &receiver.target {
            let overrides = overrides(spec, &job.task.main.name, waiting, self.head());
            return ("ecs:runTask", task_parameters(target, overrides));
        }
        let started_by = Template::Computed("$$.Execution.Id".to_owned());
        let input = Value::Map([started_by.entry(STARTED_BY, self.head())].into());
        let machine = receiver.arn();
        ("states:startExecution", block! { StateMachineArn: machine, Input: input })
    }

    fn start(&self, spec: &StartSpec, waiting: Waiting) -> (&'static str, Value) {
        let head = self.head();
        let workflow = self.platform.things.workflow.get(spec.workflow.name());
        let arn = workflow.map(|workflow| workflow.arn(&head.region));
        let is_express = workflow.is_some_and(|flow| flow.machine_type == MachineType::Express);
        let mut input = body(spec.input.as_ref(), waiting);
        if let Template::Table(table) = &mut input {
            let started_by = Template::Computed("$$.Execution.Id".to_owned());
            table.insert(STARTED_BY.to_owned(), started_by);
        }
        let arn = ("StateMachineArn".to_owned(), Value::from(arn));
        if is_express && waiting == Waiting::End {
            let input = input.json_entry("Input", head);
            return ("aws-sdk:sfn:startSyncExecution", Value::Map([arn, input].into()));
        }
        ("states:startExecution", Value::Map([arn, input.entry("Input", head)].into()))
    }

    fn get(&self, spec: &GetSpec, types: &tables::KeyTypes) -> Value {
        block! {
            TableName: self.output(&spec.table.id(), "name"),
            Key: tables::item(&spec.key, types, self.head()),
            ConsistentRead: spec.consistent.unwrap_or(false),
        }
    }

    fn put(&self, spec: &PutSpec, types: &tables::KeyTypes) -> Value {
        block! {
            TableName: self.output(&spec.table.id(), "name"),
            Item: tables::item(&spec.item, types, self.head()),
        }
    }

    fn update(&self, spec: &UpdateSpec, types: &tables::KeyTypes) -> Value {
        let change = Change::of(spec, self.head());
        let mut parameters = BTreeMap::from([
            ("TableName".to_owned(), self.output(&spec.table.id(), "name")),
            ("Key".to_owned(), tables::item(&spec.key, types, self.head())),
            ("UpdateExpression".to_owned(), Value::from(change.expression)),
            ("ExpressionAttributeNames".to_owned(), Value::Map(change.names)),
        ]);
        if !change.values.is_empty() {
            let values = Value::Map(change.values);
            parameters.insert("ExpressionAttributeValues".to_owned(), values);
        }
        Value::Map(parameters)
    }
}

/// The console shows the execution that started another by this key of its input
/// (<https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html>).
const STARTED_BY: &str = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID";

/// A function that is called by its ARN gives its own answer as the result, without the answer of the
/// API around it (<https://docs.aws.amazon.com/step-functions/latest/dg/connect-lambda.html>).
fn invoke(spec: &InvokeSpec, resource: Value, head: &Head) -> Call {
    match &spec.payload {
        Some(Template::Computed(path)) => {
            Call { resource, parameters: Value::Null, input: Some(path.clone()) }
        }
        payload => {
            let parameters = Value::from(payload.as_ref().map(|payload| payload.literal(head)));
            Call { resource, parameters, input: None }
        }
    }
}

/// What is sent: by default all data. What can be answered has the token beside it, and says which state
/// of which execution asks.
fn body(data: Option<&Template>, waiting: Waiting) -> Template {
    let all = || Template::Computed("$".to_owned());
    let data = data.cloned().unwrap_or_else(all);
    if waiting != Waiting::Callback {
        return data;
    }
    let computed = |path: &str| Template::Computed(path.to_owned());
    Template::Table(BTreeMap::from([
        ("token".to_owned(), computed(TOKEN)),
        ("state".to_owned(), computed("$$.State.Name")),
        ("execution".to_owned(), computed("$$.Execution.Id")),
        ("data".to_owned(), data),
    ]))
}

/// The parameters that are said.
fn given(optional: &[(&str, Option<&Template>)], head: &Head) -> BTreeMap<String, Value> {
    let given = optional.iter().filter_map(|(key, value)| Some(value.as_ref()?.entry(key, head)));
    given.collect()
}

/// The attributes of a message, if it has some.
fn attributes(attributes: &BTreeMap<String, Template>, head: &Head) -> Option<(String, Value)> {
    let attribute = |(name, value): (&String, &Template)| {
        let data_type = match value {
            Template::Integer(_) | Template::Decimal(_) => "Number",
            _ => "String",
        };
        let value = value.text_entry("StringValue", head);
        let data_type = ("DataType".to_owned(), Value::from(data_type));
        (name.clone(), Value::Map([data_type, value].into()))
    };
    let written: BTreeMap<String, Value> = attributes.iter().map(attribute).collect();
    (!written.is_empty()).then(|| ("MessageAttributes".to_owned(), Value::Map(written)))
}

/// What a run changes of the main container; null if nothing.
fn overrides(spec: &RunSpec, container: &str, waiting: Waiting, head: &Head) -> Value {
    let mut env: BTreeMap<String, Template> =
        spec.env.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    if waiting == Waiting::Callback {
        env.insert(TOKEN_VARIABLE.to_owned(), Template::Computed(TOKEN.to_owned()));
    }
    let variable = |(name, value): (&String, &Template)| {
        let value = value.text_entry("Value", head);
        Value::Map([("Name".to_owned(), Value::from(name)), value].into())
    };
    let mut changes = BTreeMap::from([("Name".to_owned(), Value::from(container))]);
    if !env.is_empty() {
        changes.insert("Environment".to_owned(), env.iter().map(variable).collect());
    }
    if let Some(command) = &spec.command {
        changes.extend([Template::List(command.clone()).entry("Command", head)]);
    }
    if changes.len() == 1 {
        return Value::Null;
    }
    block! { ContainerOverrides: [Value::Map(changes)] }
}

/// <https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html>.
fn task_parameters(target: &TaskTarget, overrides: Value) -> Value {
    block! {
        Cluster: &target.cluster,
        TaskDefinition: &target.task_definition,
        LaunchType: "FARGATE",
        EnableECSManagedTags: true,
        PropagateTags: "TASK_DEFINITION",
        NetworkConfiguration: block! {
            AwsvpcConfiguration: block! {
                Subnets: &target.subnets,
                SecurityGroups: vec![target.security_group.clone()],
                AssignPublicIp: "DISABLED",
            },
        },
        Overrides: overrides,
    }
}

/// A change of an item as DynamoDB takes it: names and values stand apart from the expression, so no
/// attribute is ever read as a word of it
/// (<https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.UpdateExpressions.html>).
#[derive(Default)]
struct Change {
    expression: String,
    names: BTreeMap<String, Value>,
    values: BTreeMap<String, Value>,
}

impl Change {
    fn of(spec: &UpdateSpec, head: &Head) -> Self {
        let mut change = Self::default();
        change.clause("SET", " = ", &spec.set, None, head);
        change.clause("ADD", " ", &spec.add, Some(AttributeType::Number), head);
        let removed = spec.remove.iter().map(|name| change.name(name)).collect::<Vec<_>>();
        change.push("REMOVE", &removed);
        change
    }

    fn clause(
        &mut self,
        word: &str,
        joint: &str,
        attributes: &BTreeMap<AttributeName, Template>,
        attribute_type: Option<AttributeType>,
        head: &Head,
    ) {
        let mut parts = Vec::new();
        for (name, value) in attributes {
            let name = self.name(name);
            let place = format!(":{}", &name[1..]);
            parts.push(format!("{name}{joint}{place}"));
            self.values.insert(place, tables::attribute(value, attribute_type, head));
        }
        self.push(word, &parts);
    }

    /// The stand-in of a name in the expression.
    fn name(&mut self, name: &AttributeName) -> String {
        let stand_in = format!("#a{}", self.names.len());
        self.names.insert(stand_in.clone(), Value::from(name.as_str()));
        stand_in
    }

    fn push(&mut self, word: &str, parts: &[String]) {
        if parts.is_empty() {
            return;
        }
        if !self.expression.is_empty() {
            self.expression.push(' ');
        }
        self.expression.push_str(word);
        self.expression.push(' ');
        self.expression.push_str(&parts.join(", "));
    }
}
