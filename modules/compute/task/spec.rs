//! What a spec may say of a task, for services and jobs alike.
use super::image::ImageName;
use super::ports::Ports;
use crate::kinds::Uses;
use crate::network::Retention;
use crate::text::{Text, VariableName};
use platgen_source::{
    Count, Duration, Name, Node, Read, Reader, Schemas, Things, Value, is_plain, json, text_type,
};
use std::collections::BTreeMap;

text_type! {
    /// The user that a process runs as: `1000`, `1000:1000`, `nginx`
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>).
    UserName,
    "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,63})?$",
    "a user, or a user, a colon and a group, in letters, digits and _ . -",
    |text| {
        let word = |word: &str| {
            is_plain(word, 1..=64, b"_.-")
                && word.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
        };
        match text.split_once(':') {
            Some((user, group)) => word(user) && word(group),
            None => word(text),
        }
    }
}

text_type! {
    /// A file beside the spec, by its path from there.
    FilePath,
    "^[A-Za-z0-9_.@+-]+(/[A-Za-z0-9_.@+-]+)*$",
    "a path below the folder of the spec, in letters, digits and _ . @ + - /",
    |text| text.split('/').all(|word| is_plain(word, 1..=usize::MAX, b"_.@+-"))
}

/// The keys of a task: what runs, how large it is, and what it uses.
#[derive(Clone, Debug, Default, Read)]
pub struct TaskSpec {
    /// The image. Without one, a repository is made at ECR, and a root variable says which tag of it
    /// runs.
    pub image: Option<ImageName>,
    /// The command, in place of the image's.
    pub command: Option<Vec<String>>,
    /// The program that takes the command, in place of the image's.
    pub entrypoint: Option<Vec<String>>,
    /// CPU units of the whole task; 1024 are one virtual CPU. By default 512, in development 256;
    /// more where `memory` asks for it.
    pub cpu: Option<Count<256, 32_768>>,
    /// MiB of memory of the whole task. By default 1024, in development 512; more where `cpu` asks
    /// for it.
    pub memory: Option<Count<512, 249_856>>,
    /// The processor that the image is made for. By default `x86_64`.
    pub architecture: Option<Architecture>,
    /// Variables of the main container. They may speak of what the task uses.
    pub env: BTreeMap<VariableName, Text>,
    /// A file beside the spec with more variables, one `NAME=value` a line. Those in `env` win.
    pub env_file: Option<FilePath>,
    /// What the task uses.
    pub uses: Option<Uses>,
    /// More containers of the task, by their names.
    pub container: Things<ContainerSpec>,
    /// What other containers must have reached before the main one starts.
    pub after: BTreeMap<Name, Milestone>,
    /// GiB of disk. By default 20, which costs nothing extra.
    // The range: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EphemeralStorage.html
    pub disk: Option<Count<21, 200>>,
    /// Allows opening a shell in the containers (ECS Exec). By default not.
    pub exec: Option<bool>,
    /// The user that the main container runs as, in place of the image's.
    pub user: Option<UserName>,
    /// Refuses writing to the file system of the main container, but for volumes. By default not: most
    /// images need a place for temporary files, and a task at Fargate has no other one. Not possible
    /// with `exec`.
    pub readonly: Option<bool>,
    /// What becomes of the logs.
    pub logs: Option<LogsSpec>,
    /// How long the main container has between the order to stop and its end, 2 to 120 seconds.
    /// By default 30 seconds.
    pub stop_timeout: Option<Duration>,
}

/// A container beside the main one. It stands in the same network: both find each other at
/// `localhost`.
#[derive(Clone, Debug, Read)]
pub struct ContainerSpec {
    /// The image.
    pub image: ImageName,
    /// The command, in place of the image's.
    pub command: Option<Vec<String>>,
    /// The program that takes the command, in place of the image's.
    pub entrypoint: Option<Vec<String>>,
    /// Variables. They may speak of what the task uses.
    pub env: BTreeMap<VariableName, Text>,
    /// The ports that it listens on.
    pub port: Ports,
    /// A command that tells whether it is healthy.
    pub health: Option<ContainerHealthSpec>,
    /// Whether the task ends when it ends. By default so.
    pub essential: Option<bool>,
    /// CPU units of the task's that are kept for it. By default none.
    pub cpu: Option<Count<1, 32_768>>,
    /// MiB of the task's memory that it may not exceed. By default all.
    pub memory: Option<Count<6, 249_856>>,
    /// The user that it runs as, in place of the image's.
    pub user: Option<UserName>,
    /// What other containers must have reached before it starts. The main container is called like
    /// the service or job.
    pub after: BTreeMap<Name, Milestone>,
    /// Refuses writing to its file system. By default not.
    pub readonly: Option<bool>,
}

/// A command in a container that tells whether it is healthy
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html>).
#[derive(Clone, Debug, Read)]
#[spec(short = "command")]
pub struct ContainerHealthSpec {
    /// The command: a text for the shell, or a list of the program and its arguments.
    pub command: Command,
    /// The time between two checks, 5 to 300 seconds. By default 30 seconds.
    pub interval: Option<Duration>,
    /// How long a check may take, 2 to 60 seconds. By default 5 seconds.
    pub timeout: Option<Duration>,
    /// How many checks must fail in a row. By default 3.
    pub unhealthy: Option<Count<1, 10>>,
    /// How long failed checks do not count after the start, at most 300 seconds. By default they
    /// always count.
    pub start: Option<Duration>,
}

/// What becomes of the logs.
#[derive(Clone, Debug, Default, Read)]
#[spec(short = "retention")]
pub struct LogsSpec {
    /// How long they are kept. By default `90d`, in development `7d`.
    pub retention: Option<Retention>,
}

/// A processor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Architecture {
    /// Intel and AMD.
    #[spec(word = "x86_64")]
    X86,
    /// Graviton.
    #[spec(word = "arm64")]
    Arm,
}

/// What a container can have reached
/// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Milestone {
    /// It was started.
    Started,
    /// Its health check succeeded.
    Healthy,
    /// It ended, however.
    Complete,
    /// It ended well.
    Success,
}

/// A command for a health check: a text for the shell, or a program and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A text that the shell of the image takes.
    Shell(String),
    /// A program of the image and its arguments.
    Program(Vec<String>),
}

impl Command {
    /// As ECS takes it.
    pub fn words(&self) -> Vec<String> {
        match self {
            Self::Shell(text) => vec!["CMD-SHELL".to_owned(), text.clone()],
            // Whoever knows ECS writes its form: no program is called like that.
            Self::Program(words)
                if words.first().is_some_and(|first| first == "CMD" || first == "CMD-SHELL") =>
            {
                words.clone()
            }
            Self::Program(words) => {
                std::iter::once("CMD".to_owned()).chain(words.iter().cloned()).collect()
            }
        }
    }
}

impl Read for Command {
    fn read(node: &Node, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::String(text) => Some(Self::Shell(text.clone())),
            Value::Array(_) => Vec::read(node, reader).map(Self::Program),
            _ => reader.wrong_type(node, "a text for the shell, or a list of texts"),
        }
    }

    fn schema(schemas: &mut Schemas) -> json::Value {
        let forms: [fn(&mut Schemas) -> json::Value; 2] = [String::schema, Vec::<String>::schema];
        schemas.any_of(&forms)
    }
}

impl Architecture {
    /// As ECS names it.
    pub fn aws_word(self) -> &'static str {
        match self {
            Self::X86 => "X86_64",
            Self::Arm => "ARM64",
        }
    }
}

impl Milestone {
    /// As ECS names it.
    pub fn aws_word(self) -> &'static str {
        match self {
            Self::Started => "START",
            Self::Healthy => "HEALTHY",
            Self::Complete => "COMPLETE",
            Self::Success => "SUCCESS",
        }
    }
}

impl TaskSpec {
    /// The keys that are set, of tables one level deeper: `env.LOG_LEVEL`, `uses.internet`.
    pub fn keys(&self) -> Vec<Vec<String>> {
        let plain = [
            ("image", self.image.is_some()),
            ("command", self.command.is_some()),
            ("entrypoint", self.entrypoint.is_some()),
            ("cpu", self.cpu.is_some()),
            ("memory", self.memory.is_some()),
            ("architecture", self.architecture.is_some()),
            ("env_file", self.env_file.is_some()),
            ("disk", self.disk.is_some()),
            ("exec", self.exec.is_some()),
            ("user", self.user.is_some()),
            ("readonly", self.readonly.is_some()),
            ("logs", self.logs.is_some()),
            ("stop_timeout", self.stop_timeout.is_some()),
        ];
        let set = plain.into_iter().filter(|(_, is_set)| *is_set);
        let mut keys: Vec<Vec<String>> = set.map(|(key, _)| path(&[key])).collect();
        keys.extend(self.env.keys().map(|name| path(&["env", name.as_str()])));
        keys.extend(self.container.keys().map(|name| path(&["container", name.as_str()])));
        keys.extend(self.after.keys().map(|name| path(&["after", name.as_str()])));
        if let Some(uses) = &self.uses {
            keys.extend(uses.internet.iter().map(|_| path(&["uses", "internet"])));
            let targets = uses.targets().into_iter();
            keys.extend(targets.map(|(kind, name)| path(&["uses", kind, name.as_str()])));
        }
        keys
    }

    /// Takes what it does not say from another task.
    pub fn inherit(&mut self, from: &Self) {
        self.image = self.image.take().or_else(|| from.image.clone());
        self.command = self.command.take().or_else(|| from.command.clone());
        self.entrypoint = self.entrypoint.take().or_else(|| from.entrypoint.clone());
        self.cpu = self.cpu.or(from.cpu);
        self.memory = self.memory.or(from.memory);
        self.architecture = self.architecture.or(from.architecture);
        self.env_file = self.env_file.take().or_else(|| from.env_file.clone());
        self.disk = self.disk.or(from.disk);
        self.exec = self.exec.or(from.exec);
        self.user = self.user.take().or_else(|| from.user.clone());
        self.readonly = self.readonly.or(from.readonly);
        self.logs = self.logs.take().or_else(|| from.logs.clone());
        self.stop_timeout = self.stop_timeout.or(from.stop_timeout);
        if let Some(uses) = &from.uses {
            self.uses.get_or_insert_default().inherit(uses);
        }
        inherit_entries(&mut self.env, &from.env);
        inherit_entries(&mut self.container, &from.container);
        inherit_entries(&mut self.after, &from.after);
    }
}

fn path(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

/// Adds the entries of another map below the own ones.
fn inherit_entries<K: Ord + Clone, V: Clone>(own: &mut BTreeMap<K, V>, from: &BTreeMap<K, V>) {
    for (key, value) in from {
        own.entry(key.clone()).or_insert_with(|| value.clone());
    }
}
