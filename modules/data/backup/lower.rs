//! What backups become: a vault, plans, what they copy, and the roles that copy and restore.
use super::{BackupPlan, Copied, CopyMethod, LONGEST_NAME, SECTION, section};
use crate::aws;
use crate::connect::iam::{self, Arn, PolicyPlace, Role, Statement};
use crate::data::{MODULE, key};
use crate::names::{fit, identifier};
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Document, Handle, ResourceBuilder, Value, block, template};
use std::collections::BTreeSet;

/// The name of the vault and of the plan.
const NAME: &str = "main";
/// The word of the plan that keeps every change.
const CONTINUOUS: &str = "continuous";
/// The service, as it takes on its roles.
const SERVICE: &str = "backup.amazonaws.com";

/// The services that use the data key in the name of a role, for copies and for what is copied
/// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html>).
const KEY_USERS: [&str; 4] = ["backup", "dynamodb", "rds", "s3"];

/// What a role of AWS Backup is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Duty {
    /// Making copies, and deleting them when their time is over.
    Copy,
    /// Making things of copies.
    Restore,
}

/// A role, and what gives it its rights.
struct Agent {
    role: Handle,
    rights: Vec<Handle>,
}

/// One plan, and what is copied by it.
struct Plan<'a> {
    /// The name of its resources.
    name: &'static str,
    /// The name at AWS.
    aws_name: String,
    /// Days that copies are kept.
    retention: i64,
    /// Days after which they move to cold storage.
    cold_after: Option<i64>,
    /// What is copied, each with its place in the spec.
    copied: Vec<&'a (SpecPath, Copied)>,
}

/// Puts the copies of everything that the platform keeps into a document.
pub fn lower(platform: &Platform, out: &mut Document) {
    let copied = platform.backup.copied(platform);
    if copied.is_empty() {
        return;
    }
    let vault = vault(platform, out);
    let methods = copied.iter().map(|(_, copied)| copied.method).collect();
    let writer = agent(Duty::Copy, &methods, platform, out);
    let restorer = agent(Duty::Restore, &methods, platform, out);
    let plans = plans(&platform.backup, &copied);
    for plan in &plans {
        plan.lower(&platform.backup.at, &vault, &writer, out);
    }
    if let Some(lock) = platform.backup.lock {
        let least = plans.iter().map(|plan| plan.retention).min();
        let arguments = block! {
            backup_vault_name: vault.get("name"),
            min_retention_days: least,
            changeable_for_days: lock.final_after,
        };
        put(out, "aws_backup_vault_lock_configuration", NAME, arguments);
    }
    let name = |what| identifier(&[SECTION, what]);
    out.output(&name("vault"), vault.get("name"), "The name of the vault with all copies");
    let description = "The ARN of the role to restore a copy with";
    out.output(&name("restore-role-arn"), restorer.role.get("arn"), description);
}

fn vault(platform: &Platform, out: &mut Document) -> Handle {
    let arguments = block! {
        name: &platform.backup.aws_name,
        kms_key_arn: key::arn(),
        force_destroy: !platform.head.is_production(),
    };
    put(out, "aws_backup_vault", NAME, arguments)
}

/// One plan for everything; a second one for buckets whose every change is kept, since the first would
/// have AWS Backup take over the backups that databases make by themselves
/// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html>).
fn plans<'a>(settings: &BackupPlan, copied: &'a [(SpecPath, Copied)]) -> Vec<Plan<'a>> {
    let is_continuous = |copied: &&(SpecPath, Copied)| {
        settings.continuous && copied.1.method == CopyMethod::Objects
    };
    let (objects, others) = copied.iter().partition(is_continuous);
    let plans = [
        Plan {
            name: NAME,
            aws_name: settings.aws_name.clone(),
            retention: settings.retention,
            cold_after: settings.cold_after,
            copied: others,
        },
        Plan {
            name: CONTINUOUS,
            aws_name: fit(&format!("{}-{CONTINUOUS}", settings.aws_name), LONGEST_NAME),
            retention: settings.continuous_retention(),
            cold_after: None,
            copied: objects,
        },
    ];
    plans.into_iter().filter(|plan| !plan.copied.is_empty()).collect()
}

impl Plan<'_> {
    fn lower(&self, at: &str, vault: &Handle, writer: &Agent, out: &mut Document) {
        let arguments = block! {
            name: &self.aws_name,
            rule: block! {
                rule_name: "scheduled",
                target_vault_name: vault.get("name"),
                schedule: at,
                enable_continuous_backup: self.name == CONTINUOUS,
                lifecycle: block! {
                    delete_after: self.retention,
                    cold_storage_after: self.cold_after,
                },
            },
        };
        let plan = put(out, "aws_backup_plan", self.name, arguments);
        let arns: Vec<Value> = self.copied.iter().map(|(_, copied)| copied.arn.clone()).collect();
        let arguments = block! {
            name: &self.aws_name,
            plan_id: plan.get("id"),
            iam_role_arn: writer.role.get("arn"),
            resources: arns,
        };
        let mut file = out.module(MODULE).file(SECTION);
        let selection = file
            .resource("aws_backup_selection", self.name, arguments)
            .cause(&section())
            .causes(self.copied.iter().map(|(path, _)| path));
        writer.rights.iter().fold(selection, ResourceBuilder::depends_on).add();
    }
}

impl Duty {
    /// The word in the names of its role.
    fn word(self) -> &'static str {
        match self {
            Self::Copy => SECTION,
            Self::Restore => "restore",
        }
    }

    /// The policy that AWS keeps for it
    /// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html>).
    fn policy(self, method: CopyMethod) -> &'static str {
        match (self, method) {
            (Self::Copy, CopyMethod::Snapshots) => {
                "service-role/AWSBackupServiceRolePolicyForBackup"
            }
            (Self::Copy, CopyMethod::Objects) => "AWSBackupServiceRolePolicyForS3Backup",
            (Self::Restore, CopyMethod::Snapshots) => {
                "service-role/AWSBackupServiceRolePolicyForRestores"
            }
            (Self::Restore, CopyMethod::Objects) => "AWSBackupServiceRolePolicyForS3Restore",
        }
    }
}

/// Makes a role with the rights that its duty takes. AWS Backup does not document that it says for whom
/// it takes a role on, so that the trust speaks of the service alone
/// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-service-confused-deputy-prevention.html>).
fn agent(
    duty: Duty,
    methods: &BTreeSet<CopyMethod>,
    platform: &Platform,
    out: &mut Document,
) -> Agent {
    let (name, cause) = (identifier(&["platform", duty.word()]), section());
    let place = PolicyPlace { module: MODULE, file: SECTION, name: &name, cause: &cause };
    let role = Role {
        place,
        aws_name: platform.head.prefix.full(&[duty.word()]),
        service: SERVICE,
        source: None,
    };
    let role = iam::role(out, &role);
    let partition = aws::partition(out, MODULE);
    let mut rights = Vec::new();
    for method in methods {
        let policy = format!(":iam::aws:policy/{}", duty.policy(*method));
        let arguments = block! {
            role: role.get("name"),
            policy_arn: template!["arn:", &partition, policy],
        };
        let name = format!("{name}__{}", method.word());
        rights.push(put(out, "aws_iam_role_policy_attachment", &name, arguments));
    }
    let name = format!("{name}__key");
    let place = PolicyPlace { module: MODULE, file: SECTION, name: &name, cause: &cause };
    rights.extend(iam::attach(out, &role, &place, &[key_right(&platform.head.region)]));
    Agent { role, rights }
}

/// Copies are encrypted under the data key, as is what they are copies of.
fn key_right(region: &str) -> Statement {
    let uses = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"];
    let services = KEY_USERS.map(|service| format!("{service}.{region}.amazonaws.com").into());
    let key = vec![Arn::new("kms:key", key::arn())];
    Statement::allow(&uses, key).when("StringEquals", "kms:ViaService", services)
}

impl CopyMethod {
    /// The word in the names of policies.
    fn word(self) -> &'static str {
        match self {
            Self::Snapshots => "snapshots",
            Self::Objects => "objects",
        }
    }
}

fn put(out: &mut Document, kind: &'static str, name: &str, arguments: Value) -> Handle {
    let mut file = out.module(MODULE).file(SECTION);
    file.resource(kind, name, arguments).cause(&section()).add()
}
