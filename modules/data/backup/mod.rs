//! `[backup]`: copies of what the platform keeps, in a vault apart from it.
//!
//! Databases and tables can be restored to any point in time by themselves, until somebody deletes
//! them. What is copied here outlives them (<https://docs.aws.amazon.com/aws-backup/latest/devguide/whatisbackup.html>).
mod lower;
#[cfg(test)]
mod tests;

pub use lower::lower;

use super::upkeep::days::days_within;
use crate::kind::{Resolving, Thing};
use crate::platform::Platform;
use crate::schedule::expression;
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_source::{Duration, Read, is_plain, text_type};
use platgen_terraform::Value;

/// The section.
pub const SECTION: &str = "backup";

/// The longest name of a vault, and of a plan
/// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html>).
const LONGEST_NAME: usize = 50;
/// The most days that a copy can be kept
/// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html>).
const LONGEST_RETENTION: i64 = 36_500;
/// The least days that a copy stays in cold storage
/// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html>).
const LEAST_COLD: i64 = 90;
/// The most days that a continuous copy goes back
/// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html>).
const LONGEST_CONTINUOUS: i64 = 35;
/// Days of copies below which production is warned of.
const FEW_DAYS: i64 = 7;

text_type! {
    /// When copies are made, `cron(0 5 * * ? *)`
    /// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html>).
    BackupTime,
    "^cron\\([A-Za-z0-9 */?,#-]+\\)$",
    "cron(…), as AWS Backup takes it",
    |text| text.starts_with("cron(") && expression::has_form(text)
}

text_type! {
    /// The name of a vault and of its plan
    /// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html>).
    VaultName,
    "^[A-Za-z0-9_-]{2,50}$",
    "2 to 50 letters, digits, _ and -",
    |text| is_plain(text, 2..=50, b"_-")
}

/// Copies of every database, table, volume and versioned bucket that does not say otherwise.
#[derive(Debug, Default, Read)]
pub struct BackupPlanSpec {
    /// Whether copies are made. By default in production.
    pub enabled: Option<bool>,
    /// When they are made, in UTC, at most once an hour. By default daily: `cron(0 5 * * ? *)`.
    pub at: Option<BackupTime>,
    /// How long they are kept, in whole days. By default `35d`.
    pub retention: Option<Duration>,
    /// The age at which they move to cold storage, where what they are copies of has one. They stay
    /// there for 90 days at least, so `retention` is longer by that. By default never.
    pub cold_after: Option<Duration>,
    /// Keeps every change of buckets, so that any second of the last 35 days, or of a shorter
    /// `retention`, can be restored. Databases and tables have that by themselves. By default no.
    pub continuous: Option<bool>,
    /// Refuses to delete copies before their time: `true`, or more. By default it is not refused.
    pub lock: Option<LockSpec>,
    /// The name of the vault and the plan at AWS. By default `{environment}-{platform}-backup`, cut to
    /// 50 characters.
    pub aws_name: Option<VaultName>,
}

/// The lock of the vault
/// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html>).
#[derive(Debug, Read)]
#[spec(short = "enabled")]
pub struct LockSpec {
    /// Whether there is one. By default there is.
    pub enabled: Option<bool>,
    /// After this time, three days at least, nobody can take the lock off any more, nor AWS. By
    /// default somebody with the right to it always can.
    pub final_after: Option<Duration>,
}

/// When copies are made and how long they are kept, decided.
#[derive(Debug)]
pub struct BackupPlan {
    enabled: bool,
    at: String,
    retention: i64,
    cold_after: Option<i64>,
    continuous: bool,
    lock: Option<Lock>,
    aws_name: String,
    /// Whether the name was cut.
    is_name_cut: bool,
}

/// The lock of the vault, decided.
#[derive(Clone, Copy, Debug)]
struct Lock {
    /// Days after which nobody can take it off.
    final_after: Option<i64>,
}

/// What AWS Backup copies of a thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Copied {
    /// The ARN.
    pub arn: Value,
    /// How it is copied.
    pub method: CopyMethod,
}

/// How a thing is copied: each has rights of its own
/// (<https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CopyMethod {
    /// As a whole, at points in time: clusters, tables and file systems.
    Snapshots,
    /// Object by object: buckets.
    Objects,
}

/// The path of the section.
fn section() -> SpecPath {
    SpecPath::of([SECTION])
}

/// How a thing is copied, if it does not say that it is not, which production is warned of.
pub fn resolve_choice(
    said: Option<bool>,
    method: CopyMethod,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Option<CopyMethod> {
    if said == Some(false) && resolving.head.is_production() {
        let message = "no copy of it outlives it";
        resolving.find(&code::WEAKENED, path, message);
    }
    said.unwrap_or(true).then_some(method)
}

impl BackupPlan {
    /// Decides what the spec leaves open.
    pub fn resolve(spec: Option<&BackupPlanSpec>, resolving: &mut Resolving<'_>) -> Self {
        let none = BackupPlanSpec::default();
        let spec = spec.unwrap_or(&none);
        let prefix = &resolving.head.prefix;
        let words = [SECTION];
        let derived = || prefix.name(LONGEST_NAME, &words);
        let retention = spec.resolve_retention(resolving);
        Self {
            enabled: spec.resolve_enabled(resolving),
            at: spec.resolve_time(resolving),
            retention,
            cold_after: spec.resolve_cold(retention, resolving),
            continuous: spec.continuous.unwrap_or(false),
            lock: spec.lock.as_ref().and_then(|lock| lock.resolve(resolving)),
            aws_name: spec.aws_name.as_ref().map_or_else(derived, ToString::to_string),
            is_name_cut: spec.aws_name.is_none() && prefix.overflows(LONGEST_NAME, &words),
        }
    }

    /// Everything that is copied, and where the spec declares it.
    fn copied(&self, platform: &Platform) -> Vec<(SpecPath, Copied)> {
        let things = platform.things.all().filter(|thing| self.copies(*thing));
        things.filter_map(|thing| Some((thing.id().path(), thing.backed_up()?))).collect()
    }

    /// Whether a thing is copied.
    pub fn copies(&self, thing: &dyn Thing) -> bool {
        self.enabled && thing.backed_up().is_some()
    }

    /// Days that continuous copies go back.
    fn continuous_retention(&self) -> i64 {
        self.retention.min(LONGEST_CONTINUOUS)
    }
}

impl BackupPlanSpec {
    fn resolve_enabled(&self, resolving: &mut Resolving<'_>) -> bool {
        if self.enabled == Some(false) && resolving.head.is_production() {
            let message = "nothing that the platform keeps is copied";
            resolving.find(&code::WEAKENED, &section().key("enabled"), message);
        }
        self.enabled.unwrap_or(resolving.head.is_production())
    }

    /// A field of minutes with more than one would start a copy more than once an hour.
    fn resolve_time(&self, resolving: &mut Resolving<'_>) -> String {
        let Some(at) = &self.at else { return "cron(0 5 * * ? *)".to_owned() };
        let path = section().key("at");
        let minute = at.as_str().trim_start_matches("cron(").split(' ').next().unwrap_or_default();
        if let Some(fault) = expression::fault(at.as_str()) {
            resolving.find(&code::MALFORMED, &path, fault);
        } else if !minute.bytes().all(|byte| byte.is_ascii_digit()) {
            let message = format!("`{minute}`: AWS Backup makes a copy once an hour at most");
            resolving.find_with(
                &code::IMPOSSIBLE,
                &path,
                message,
                "name one minute: cron(0 * * * ? *)",
            );
        }
        at.to_string()
    }

    fn resolve_retention(&self, resolving: &mut Resolving<'_>) -> i64 {
        let path = section().key("retention");
        let days = days_within(self.retention, 1..=LONGEST_RETENTION, &path, resolving);
        if let Some(days) = days.filter(|days| *days < FEW_DAYS)
            && resolving.head.is_production()
        {
            let message = format!("copies are kept for {days} days only");
            resolving.find(&code::WEAKENED, &path, message);
        }
        days.unwrap_or(35)
    }

    fn resolve_cold(&self, retention: i64, resolving: &mut Resolving<'_>) -> Option<i64> {
        let path = section().key("cold_after");
        let days = days_within(self.cold_after, 1..=LONGEST_RETENTION, &path, resolving)?;
        if retention < days + LEAST_COLD {
            let message = format!(
                "copies stay in cold storage for {LEAST_COLD} days at least, but go after {retention}"
            );
            let help = format!("set retention = \"{}d\" or longer", days + LEAST_COLD);
            resolving.find_with(&code::IMPOSSIBLE, &path, message, help);
        }
        Some(days)
    }
}

impl LockSpec {
    /// The least: <https://docs.aws.amazon.com/aws-backup/latest/devguide/API_PutBackupVaultLockConfiguration.html>.
    fn resolve(&self, resolving: &mut Resolving<'_>) -> Option<Lock> {
        let path = section().key("lock").key("final_after");
        let final_after = days_within(self.final_after, 3..=LONGEST_RETENTION, &path, resolving);
        self.enabled.unwrap_or(true).then_some(Lock { final_after })
    }
}

/// Warns of a name that is cut, if there is anything to copy.
pub fn check(platform: &Platform) -> Option<Diagnostic> {
    let plan = &platform.backup;
    (plan.is_name_cut && !plan.copied(platform).is_empty()).then(|| {
        let message = format!("the name of the vault at AWS is cut to `{}`", plan.aws_name);
        let help = "set `aws_name` in [backup] to choose another";
        Diagnostic::at(&code::NAME_SHORTENED, &section(), message).help(help)
    })
}
