//! What the two engines of ElastiCache differ in: versions and families of parameters.
use super::spec::EngineVersion;
use platgen_source::Read;

/// An engine of ElastiCache that keeps keys and values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Engine {
    /// Valkey.
    Valkey,
    /// Redis OSS.
    Redis,
}

/// A version of an engine, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The version, as ElastiCache takes it.
    pub version: String,
    /// The family of its parameters: `valkey8`
    /// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html>).
    pub family: String,
    /// Whether users can log in with IAM: Valkey, and Redis from 7.0 on
    /// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html>).
    pub has_iam: bool,
}

/// The newest version of Valkey 8
/// (<https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html>).
const VALKEY: &str = "8.2";
/// The last version of Redis OSS.
const REDIS: &str = "7.1";

impl Engine {
    /// What is known of a version, or why the engine does not have it. The versions are those of
    /// <https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html>; new
    /// ones of Valkey are taken without being known, while Redis gets no more.
    pub fn release(self, version: Option<&EngineVersion>) -> Result<Release, String> {
        let default = match self {
            Self::Valkey => VALKEY,
            Self::Redis => REDIS,
        };
        let version = version.map_or(default, EngineVersion::as_str);
        let numbers = version.split_once('.');
        let numbers = numbers.and_then(|(major, minor)| {
            Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?))
        });
        let (family, has_iam) = match (self, numbers) {
            (Self::Valkey, Some((7, 2..) | (8.., _))) => {
                let major = numbers.map_or(0, |(major, _)| major);
                (format!("valkey{major}"), true)
            }
            (Self::Redis, Some((6, 2))) => ("redis6.x".to_owned(), false),
            (Self::Redis, Some((7, 0 | 1))) => ("redis7".to_owned(), true),
            _ => return Err(self.refusal(version)),
        };
        Ok(Release { version: version.to_owned(), family, has_iam })
    }

    fn refusal(self, version: &str) -> String {
        let known = match self {
            Self::Valkey => "Valkey has 7.2 and newer ones",
            Self::Redis => "Redis has 6.2, 7.0 and 7.1",
        };
        format!("ElastiCache has no {} {version}; {known}", self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn families_follow_from_versions() {
        for (engine, version, expected) in [
            (Engine::Valkey, "7.2", Some(("valkey7", true))),
            (Engine::Valkey, "8.2", Some(("valkey8", true))),
            (Engine::Valkey, "9.1", Some(("valkey9", true))),
            (Engine::Valkey, "7.1", None),
            (Engine::Redis, "6.2", Some(("redis6.x", false))),
            (Engine::Redis, "7.1", Some(("redis7", true))),
            (Engine::Redis, "7.2", None),
            (Engine::Redis, "5.0", None),
        ] {
            let release = engine.release(EngineVersion::new(version).as_ref());
            let found = release.as_ref().map(|release| (release.family.as_str(), release.has_iam));
            assert_eq!(found.ok(), expected, "{version}");
        }
    }

    #[test]
    fn the_default_versions_are_taken() {
        assert_eq!(Engine::Valkey.release(None).unwrap().family, "valkey8");
        assert_eq!(Engine::Redis.release(None).unwrap().family, "redis7");
    }
}
