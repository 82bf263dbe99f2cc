//! What a spec may say of a volume.
use platgen_source::{Count, Name, Read};

/// The largest number of a user or a group, and the most that EFS takes
/// (<https://docs.aws.amazon.com/efs/latest/ug/API_PosixUser.html>).
const LARGEST_ID: i64 = 4_294_967_295;

/// A file system that tasks and functions share: EFS, over all zones, encrypted.
///
/// Whoever uses it says where it is mounted: `uses.volume.www = { write = "/var/www" }`. All
/// come to the same folder, as the same user, over TLS and with a role that may; nobody else comes to it.
/// In a VPC that is there already each subnet for databases must be in a zone of its own: EFS takes one
/// of each zone.
#[derive(Debug, Read)]
pub struct VolumeSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// The user and the group that all files belong to, by their numbers, whatever user an image runs
    /// as: `1000`, or both. By default 1000. It is decided with the first file: those that are there
    /// already stay whose they are.
    pub owner: Option<OwnerSpec>,
    /// How much can be read and written at one time: `elastic`, `bursting`, or a fixed number. By
    /// default `elastic`.
    pub throughput: Option<ThroughputSpec>,
    /// When files that nobody opens move to cheaper storage; who opens one moves it back. By default
    /// `30d`.
    pub infrequent_after: Option<Age>,
    /// When files that nobody opens move on to the cheapest storage. By default `never`. Only with
    /// elastic throughput.
    pub archive_after: Option<Age>,
    /// Whether Terraform refuses to destroy or to replace it. By default in production. AWS has no such
    /// protection for file systems, so it holds as long as the volume stands in the spec.
    pub protected: Option<bool>,
    /// Whether `[backup]` copies it. By default yes.
    pub backup: Option<bool>,
}

/// A user and a group, by their numbers. Root is none of them: what acts as root needs a right of its
/// own, which no edge gives (<https://docs.aws.amazon.com/efs/latest/ug/enforce-identity-access-points.html>).
#[derive(Debug, Read)]
#[spec(short = "user")]
pub struct OwnerSpec {
    /// The user.
    pub user: Option<Count<1, LARGEST_ID>>,
    /// The group. By default the number of the user.
    pub group: Option<Count<1, LARGEST_ID>>,
}

/// How much can be read and written at one time
/// (<https://docs.aws.amazon.com/efs/latest/ug/performance.html>).
#[derive(Debug, Read)]
#[spec(short = "mode")]
pub struct ThroughputSpec {
    /// The mode.
    pub mode: Option<ThroughputMode>,
    /// MiB a second that are there always, and paid always; in place of a mode.
    // The range: https://docs.aws.amazon.com/efs/latest/ug/API_CreateFileSystem.html
    pub provisioned: Option<Count<1, 3414>>,
}

/// A mode of throughput.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum ThroughputMode {
    /// As much as is needed, paid by what is transferred.
    Elastic,
    /// As much as the size of the files allows, and more for a while.
    Bursting,
}

/// How long nobody has opened a file: one of the terms of EFS
/// (<https://docs.aws.amazon.com/efs/latest/ug/API_LifecyclePolicy.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Read)]
pub enum Age {
    /// A day.
    #[spec(word = "1d")]
    Day,
    /// A week.
    #[spec(word = "7d")]
    Week,
    /// Two weeks.
    #[spec(word = "14d")]
    TwoWeeks,
    /// A month.
    #[spec(word = "30d")]
    Month,
    /// Two months.
    #[spec(word = "60d")]
    TwoMonths,
    /// Three months.
    #[spec(word = "90d")]
    ThreeMonths,
    /// Half a year.
    #[spec(word = "180d")]
    HalfAYear,
    /// Nine months.
    #[spec(word = "270d")]
    NineMonths,
    /// A year.
    #[spec(word = "365d")]
    Year,
    /// However long: nothing moves.
    Never,
}

impl Age {
    /// As EFS writes it; nothing if nothing moves.
    pub fn aws_word(self) -> Option<&'static str> {
        Some(match self {
            Self::Day => "AFTER_1_DAY",
            Self::Week => "AFTER_7_DAYS",
            Self::TwoWeeks => "AFTER_14_DAYS",
            Self::Month => "AFTER_30_DAYS",
            Self::TwoMonths => "AFTER_60_DAYS",
            Self::ThreeMonths => "AFTER_90_DAYS",
            Self::HalfAYear => "AFTER_180_DAYS",
            Self::NineMonths => "AFTER_270_DAYS",
            Self::Year => "AFTER_365_DAYS",
            Self::Never => return None,
        })
    }
}
