//! What a function becomes: the function, the alias that callers know, and what keeps both.
use super::code::{Archive, Code};
use super::runtime::Support;
use super::{ALIAS, Function};
use crate::compute::MODULE;
use crate::compute::task::spec::Architecture;
use crate::data::key;
use crate::kind::Thing;
use crate::network::{self, Tier};
use crate::platform::Platform;
use crate::schedule::{self, Owner};
use platgen_terraform::{Document, Handle, ResourceBuilder, Value, block};
use std::collections::BTreeMap;

impl Function {
    /// Puts everything of the function into a document.
    pub(super) fn lower_function(&self, platform: &Platform, out: &mut Document) {
        let log_group = self.lower_logs(out);
        let policies = self.lower_role(platform, out);
        let dead_letters = self.lower_dead_letters(out);
        let mut arguments = self.code_arguments(out);
        arguments.extend(self.arguments(platform, &log_group, dead_letters.as_ref()));
        let (file, name, cause) = (self.id.file(), self.id.local(&[]), self.id.path());
        let mut place = out.module(MODULE).file(&file);
        let function =
            place.resource("aws_lambda_function", &name, Value::from(arguments)).cause(&cause);
        // Lambda looks at the rights when it makes the function, and needs those on interfaces until
        // it is gone.
        policies.needed.iter().fold(function, ResourceBuilder::depends_on).add();
        let permissions = self.lower_permissions(platform, out);
        self.lower_alias(&permissions, out);
        self.lower_url(platform, out);
        self.lower_calls(out);
        self.lower_streams(&policies.all, platform, out);
        self.lower_schedules(platform, out);
        let arn = self.alias().get("arn");
        out.output(&self.id.part(&["arn"]), arn, "The ARN by which the function is called");
        let name = Value::from(self.aws_name.as_str());
        out.output(&self.id.part(&["name"]), name, "The name of the function");
    }

    /// Where the code is, and what runs it.
    fn code_arguments(&self, out: &mut Document) -> BTreeMap<String, Value> {
        let arguments = match &self.code {
            None => return BTreeMap::new(),
            Some(Code::Image { name, command, entrypoint }) => {
                let config = block! { command: command.clone(), entry_point: entrypoint.clone() };
                let is_changed = command.is_some() || entrypoint.is_some();
                block! {
                    package_type: "Image",
                    image_uri: name.as_str(),
                    image_config: is_changed.then_some(config),
                }
            }
            Some(Code::Archive { archive, runtime, handler }) => {
                if let Support::Newer(version) = runtime.support() {
                    out.needs_provider(version);
                }
                let layers: Vec<&str> = self.layers.iter().map(super::LayerArn::as_str).collect();
                let mut arguments = entries(self.archive_arguments(archive, out));
                arguments.extend(entries(block! {
                    package_type: "Zip",
                    runtime: runtime.word(),
                    handler: handler,
                    layers: (!layers.is_empty()).then_some(layers),
                }));
                return arguments;
            }
        };
        entries(arguments)
    }

    fn archive_arguments(&self, archive: &Archive, out: &mut Document) -> Value {
        match archive {
            Archive::Bucket(code) => block! {
                s3_bucket: code.bucket.as_str(),
                s3_key: code.key.as_str(),
                s3_object_version: code.version.as_ref().map(ToString::to_string),
            },
            // The digest stands in the text, so that a reviewer sees that the code changed.
            Archive::Package(package) => {
                let path = format!("functions/{}.zip", self.id.name);
                block! {
                    filename: out.module(MODULE).asset(&path, package.bytes.clone()),
                    source_code_hash: package.digest.as_str(),
                }
            }
        }
    }

    fn arguments(
        &self,
        platform: &Platform,
        log_group: &Handle,
        dead_letters: Option<&Handle>,
    ) -> BTreeMap<String, Value> {
        let variables = self.variables(platform);
        let has_variables = !variables.is_empty();
        entries(block! {
            function_name: &self.aws_name,
            role: self.role().get("arn"),
            architectures: vec![architecture_word(self.architecture)],
            memory_size: self.memory,
            timeout: self.timeout.as_seconds(),
            ephemeral_storage: self.disk.map(|size| block! { size: size }),
            environment: has_variables.then(|| block! { variables: variables }),
            // Lambda forgets a key that encrypts nothing, and every plan would name it again.
            kms_key_arn: has_variables.then(key::arn),
            vpc_config: self.in_network().then(|| block! {
                subnet_ids: platform.network.subnets(Tier::Private),
                security_group_ids: vec![network::security_group(&self.id).get("id")],
            }),
            file_system_config: self.file_system_block(platform),
            dead_letter_config: dead_letters.map(|queue| block! { target_arn: queue.get("arn") }),
            tracing_config: block! { mode: if self.tracing { "Active" } else { "PassThrough" } },
            logging_config: block! { log_format: "JSON", log_group: log_group.get("name") },
            reserved_concurrent_executions: self.concurrency,
            publish: true,
        })
    }

    /// The alias moves on to the version that was made last. What another module gets of it comes
    /// after the permissions, because S3 tries the call when it is told of it.
    fn lower_alias(&self, permissions: &[Handle], out: &mut Document) {
        let function = self.handle();
        let arguments = block! {
            name: ALIAS,
            description: "The version that is in use",
            function_name: function.get("function_name"),
            function_version: function.get("version"),
        };
        let mut place = out.module(MODULE).file(&self.id.file());
        let alias = place
            .resource("aws_lambda_alias", &self.id.local(&[]), arguments)
            .cause(&self.id.path());
        permissions.iter().fold(alias, ResourceBuilder::ready_after).add();
    }

    /// How calls wait, are tried again, and find the function started.
    fn lower_calls(&self, out: &mut Document) {
        let (name, asynchronous) = (self.id.local(&[]), self.asynchronous);
        let of_alias = || {
            block! {
                function_name: self.alias().get("function_name"),
                qualifier: self.alias().get("name"),
            }
        };
        let mut place = out.module(MODULE).file(&self.id.file());
        let is_said = asynchronous.retries.is_some() || asynchronous.max_age.is_some();
        if asynchronous.expected || is_said {
            let mut arguments = entries(of_alias());
            arguments.extend(entries(block! {
                maximum_retry_attempts: asynchronous.retries.unwrap_or(2),
                maximum_event_age_in_seconds: asynchronous.max_age.unwrap_or(21_600),
            }));
            let kind = "aws_lambda_function_event_invoke_config";
            place.resource(kind, &name, Value::from(arguments)).cause(&self.id.path()).add();
        }
        if let Some(provisioned) = self.provisioned {
            let mut arguments = entries(of_alias());
            arguments.extend(entries(block! { provisioned_concurrent_executions: provisioned }));
            let cause = self.id.path().key("provisioned");
            let kind = "aws_lambda_provisioned_concurrency_config";
            place.resource(kind, &name, Value::from(arguments)).cause(&cause).add();
        }
    }

    fn lower_schedules(&self, platform: &Platform, out: &mut Document) {
        // Other kinds have groups of schedules as well, and may share the name.
        let aws_name = format!("{}-function", self.aws_name);
        let identifier = self.id.identifier();
        let owner = Owner { id: &self.id, module: MODULE, aws_name: &aws_name, identifier };
        if let Some(receiver) = self.receiver(platform, out, MODULE) {
            schedule::lower(&owner, &self.schedules, &receiver, out);
        }
    }
}

/// The arguments of a block, to be joined with others.
fn entries(block: Value) -> BTreeMap<String, Value> {
    match block {
        Value::Map(entries) => entries,
        _ => BTreeMap::new(),
    }
}

/// As Lambda names a processor.
fn architecture_word(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X86 => "x86_64",
        Architecture::Arm => "arm64",
    }
}
