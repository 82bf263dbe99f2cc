//! The image of a container: what its name may be, where it comes from, and what ECS needs to pull
//! it.
use super::repository;
use crate::kind::ThingId;
use platgen_source::{is_plain, text_type};
use platgen_terraform::{Expr, Value, template};

text_type! {
    /// The name of a container image, with a tag or a digest
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>,
    /// <https://github.com/distribution/reference/blob/main/reference.go>).
    ImageName,
    "^(?=.{1,255}$)([A-Za-z0-9.-]+(:[0-9]{1,5})?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@[A-Za-z][A-Za-z0-9]*:[0-9A-Fa-f]{32,128})?$",
    "an image such as nginx:1.29 or ghcr.io/shop/web@sha256:…, whose path is in lower case, without https://",
    is_image
}

fn is_image(text: &str) -> bool {
    let (name, digest) =
        text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
    let tagged = name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/'));
    let (path, tag) = tagged.map_or((name, None), |(path, tag)| (path, Some(tag)));
    let mut parts = path.split('/');
    let first = parts.next().unwrap_or_default();
    let has_more = path.contains('/');
    text.len() <= 255
        && (is_path_part(first) || (has_more && is_registry(first)))
        && parts.all(is_path_part)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest)
}

fn is_registry(text: &str) -> bool {
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let is_port = |port: &str| {
        (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit())
    };
    is_plain(host, 1..=255, b".-") && port.is_none_or(is_port)
}

/// Words of small letters and digits, joined by dots, hyphens and underscores.
fn is_path_part(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let joint = |letter: char| matches!(letter, '.' | '_' | '-');
    !text.is_empty()
        && text.bytes().all(|byte| is_letter(byte) || b"._-".contains(&byte))
        && !text.starts_with(joint)
        && !text.ends_with(joint)
}

fn is_tag(text: &str) -> bool {
    is_plain(text, 1..=128, b"_.-") && !text.starts_with(['.', '-'])
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hash)| {
        is_plain(algorithm, 1..=255, b"")
            && algorithm.starts_with(|first: char| first.is_ascii_alphabetic())
            && (32..=128).contains(&hash.len())
            && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Where an image comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Image {
    /// The spec names it.
    Named(ImageName),
    /// A root variable names it; the spec gives the variable's default.
    Variable {
        /// The name of the variable.
        variable: String,
        /// The name of the image where the variable is not set.
        default: ImageName,
    },
    /// A repository that the platform makes.
    Repository {
        /// Whose repository it is.
        owner: ThingId,
        /// The name of the root variable that holds the tag.
        variable: String,
    },
}

/// Where an image is pulled from.
#[derive(Clone, Debug)]
pub enum Registry {
    /// A private repository at ECR, by its ARN.
    Private(Value),
    /// A registry on the internet.
    Public,
}

/// A private repository at ECR, as the name of an image says it
/// (<https://docs.aws.amazon.com/AmazonECR/latest/userguide/Repositories.html>).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PrivateRepository {
    /// `aws`, or `aws-cn`.
    pub partition: &'static str,
    /// The region of the registry.
    pub region: String,
    /// The account that the registry belongs to.
    pub account: String,
    /// The name of the repository in the registry.
    pub name: String,
}

impl Image {
    /// The name of the image, as ECS takes it.
    pub fn value(&self) -> Value {
        match self {
            Self::Named(name) => Value::from(name.as_str()),
            Self::Variable { variable, .. } => Value::from(Expr::Variable(variable.clone())),
            Self::Repository { owner, variable } => {
                let url = repository::handle(owner).get("repository_url");
                template![url, ":", Expr::Variable(variable.clone())]
            }
        }
    }

    /// Where it is pulled from. Of an image that a variable names, the default tells.
    pub fn registry(&self) -> Registry {
        match self {
            Self::Repository { owner, .. } => {
                Registry::Private(repository::handle(owner).get("arn"))
            }
            Self::Named(name) | Self::Variable { default: name, .. } => {
                match PrivateRepository::of(name.as_str()) {
                    Some(repository) => Registry::Private(Value::from(repository.arn())),
                    None => Registry::Public,
                }
            }
        }
    }
}

impl PrivateRepository {
    /// The repository of an image, if it is one at ECR.
    pub fn of(image: &str) -> Option<Self> {
        let (registry, rest) = image.split_once('/')?;
        let (host, partition) = match registry.strip_suffix(".cn") {
            Some(host) => (host, "aws-cn"),
            None => (registry, "aws"),
        };
        let (account, region) = host.strip_suffix(".amazonaws.com")?.split_once(".dkr.ecr.")?;
        let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        is_account.then(|| Self {
            partition,
            region: region.to_owned(),
            account: account.to_owned(),
            name: without_tag(rest).to_owned(),
        })
    }

    /// The ARN of the repository.
    pub fn arn(&self) -> String {
        let Self { partition, region, account, name } = self;
        format!("arn:{partition}:ecr:{region}:{account}:repository/{name}")
    }
}

/// The name of an image without its digest and its tag.
fn without_tag(name: &str) -> &str {
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    name.split_once(':').map_or(name, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn images_at_ecr_tell_their_repository() {
        for (image, arn) in [
            (
                "123456789012.dkr.ecr.us-east-2.amazonaws.com/shop/web:1.0.0",
                Some("arn:aws:ecr:us-east-2:123456789012:repository/shop/web"),
            ),
            (
                "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/web@sha256:0a",
                Some("arn:aws-cn:ecr:cn-north-1:123456789012:repository/web"),
            ),
            (
                "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web",
                Some("arn:aws:ecr:eu-west-1:123456789012:repository/web"),
            ),
            ("public.ecr.aws/nginx/nginx:1", None),
            ("1234.dkr.ecr.eu-west-1.amazonaws.com/web", None),
            ("alpine:3.20", None),
        ] {
            let found = PrivateRepository::of(image).map(|repository| repository.arn());
            assert_eq!(found.as_deref(), arn, "{image}");
        }
    }
}
