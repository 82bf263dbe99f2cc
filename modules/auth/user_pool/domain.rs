//! Where the sign-in pages of a pool are: below a name of AWS, or below one of the platform's own
//! (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain.html>).
use super::UserPool;
use super::spec::UserPoolSpec;
use crate::auth::MODULE;
use crate::aws;
use crate::dns::{self, Certificate, CertificateRegion, is_in_zone};
use crate::kind::{Resolving, ThingId};
use crate::names::short_hash;
use crate::platform::{Platform, is_domain};
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_terraform::{Address, Document, Handle, Value, block, template};

/// The domain of a pool.
#[derive(Debug)]
pub(super) enum Domain {
    /// This and the number of the account: names are shared by all pools of a region.
    Derived(String),
    /// One that the spec chooses, at AWS.
    Chosen(String),
    /// One in the platform's zone.
    Own(String),
}

/// The longest beginning of a name at AWS
/// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolDomain.html>).
const LONGEST_PREFIX: usize = 63;
/// The number of an account, and a hyphen before it.
const ACCOUNT_LETTERS: usize = 13;
/// What a name at AWS must not hold
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html>).
const RESERVED: [&str; 3] = ["amazon", "aws", "cognito"];

/// Decides the domain of a pool.
pub(super) fn resolve(spec: &UserPoolSpec, id: &ThingId, resolving: &mut Resolving<'_>) -> Domain {
    let path = id.path().key("domain");
    match &spec.domain {
        None => derived(id, resolving),
        Some(text) => {
            let domain = resolving.head.plain(text).to_ascii_lowercase();
            if domain.contains('.') {
                own(domain, &path, resolving)
            } else {
                chosen(domain, &path, resolving)
            }
        }
    }
}

/// A name that does not fit, or holds a word that AWS keeps for itself, gets a hash.
fn derived(id: &ThingId, resolving: &mut Resolving<'_>) -> Domain {
    let room = LONGEST_PREFIX - ACCOUNT_LETTERS;
    let prefix = &resolving.head.prefix;
    let full = prefix.full(&[id.name.as_str()]);
    let is_reserved = RESERVED.iter().any(|word| full.contains(word));
    let name = if is_reserved {
        format!("login-{}", short_hash(&full))
    } else {
        prefix.name(room, &[id.name.as_str()])
    };
    if name != full {
        let message = format!("the sign-in pages are at `{name}` and the number of the account");
        let help = "set `domain` to choose another name";
        resolving.find_with(&code::NAME_SHORTENED, &id.path(), message, help);
    }
    Domain::Derived(name)
}

fn chosen(name: String, path: &SpecPath, resolving: &mut Resolving<'_>) -> Domain {
    let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let fits = (1..=LONGEST_PREFIX).contains(&name.len())
        && name.bytes().all(letters)
        && !name.starts_with('-')
        && !name.ends_with('-');
    if !fits {
        let message = format!("`{}` is no beginning of a name at AWS", name.escape_debug());
        let help = "write 1 to 63 lower-case letters, digits and inner hyphens, or a whole name in \
                    the platform's zone";
        resolving.find_with(&code::MALFORMED, path, message, help);
    } else if let Some(word) = RESERVED.iter().find(|word| name.contains(**word)) {
        let message = format!("`{name}` holds `{word}`, which AWS keeps for itself");
        resolving.find(&code::IMPOSSIBLE, path, message);
    }
    Domain::Chosen(name)
}

/// Nothing is made of a name that cannot be, so that it needs no address of its parent either.
fn own(domain: String, path: &SpecPath, resolving: &mut Resolving<'_>) -> Domain {
    let zone = resolving.head.zone.as_ref();
    let (code, message, help) = if !is_domain(&domain) {
        let message = format!("`{}` is no domain name", domain.escape_debug());
        (&code::MALFORMED, message, "write a name such as auth.example.com")
    } else if zone.is_none_or(|zone| !is_in_zone(&domain, zone)) {
        let message = format!(
            "`{domain}` is in no hosted zone of the platform: it gets no record and no certificate"
        );
        let help = "name a host in the zone, or set `domain` and `zone` in [platform]";
        (&code::IMPOSSIBLE, message, help)
    } else if resolving.head.domain.as_ref() == Some(&domain) {
        let message = format!("`{domain}` is the domain of the platform itself");
        (&code::NAME_CLASH, message, "put a word before it: \"auth.{platform.domain}\"")
    } else {
        return Domain::Own(domain);
    };
    resolving.find_with(code, path, message, help);
    Domain::Chosen(domain)
}

impl UserPool {
    fn domain_handle(&self) -> Handle {
        let address = Address::managed("aws_cognito_user_pool_domain", &self.id.local(&[]));
        Handle::new(MODULE, address)
    }

    /// The host of the sign-in pages.
    pub(super) fn domain_host(&self, platform: &Platform) -> Value {
        match &self.domain {
            Domain::Own(domain) => Value::from(domain),
            Domain::Derived(_) | Domain::Chosen(_) => template![
                self.domain_handle().get("domain"),
                format!(".auth.{}.amazoncognito.com", platform.head.region)
            ],
        }
    }

    /// Puts the domain into a document: with certificate and record, where the name is one's own.
    pub(super) fn lower_domain(&self, platform: &Platform, out: &mut Document) {
        let cause = match &self.domain {
            Domain::Derived(_) => self.id.path(),
            Domain::Chosen(_) | Domain::Own(_) => self.id.path().key("domain"),
        };
        let (domain, certificate) = match &self.domain {
            Domain::Derived(name) => {
                let account = aws::account(out, MODULE);
                (template![name.as_str(), "-", account], None)
            }
            Domain::Chosen(name) => (Value::from(name), None),
            Domain::Own(domain) => {
                let certificate = self.lower_certificate(domain, &cause, platform, out);
                (after_parent(domain, platform), Some(certificate))
            }
        };
        let is_own = certificate.is_some();
        let arguments = block! {
            user_pool_id: self.handle().get("id"),
            domain: domain,
            certificate_arn: certificate,
            managed_login_version: 1,
        };
        let local = self.id.local(&[]);
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource("aws_cognito_user_pool_domain", &local, arguments).cause(&cause).add();
        if is_own {
            self.lower_record(&cause, platform, out);
        }
    }

    fn lower_certificate(
        &self,
        domain: &str,
        cause: &SpecPath,
        platform: &Platform,
        out: &mut Document,
    ) -> Value {
        let certificate = Certificate {
            module: MODULE,
            file: &self.id.file(),
            names: [&self.id.local(&[]), &self.id.local(&["validation"])],
            domain: Some(domain.to_owned()),
            alternatives: Vec::new(),
            region: CertificateRegion::UsEast1,
            causes: std::slice::from_ref(cause),
        };
        dns::certificate(&certificate, platform, out)
    }

    fn lower_record(&self, cause: &SpecPath, platform: &Platform, out: &mut Document) {
        let zone = dns::zone(platform, out, MODULE);
        let domain = self.domain_handle();
        let arguments = block! {
            zone_id: zone.get("zone_id"),
            name: domain.get("domain"),
            type: "A",
            alias: block! {
                name: domain.get("cloudfront_distribution"),
                zone_id: domain.get("cloudfront_distribution_zone_id"),
                evaluate_target_health: false,
            },
        };
        let mut file = out.module(MODULE).file(&self.id.file());
        let local = self.id.local(&["domain"]);
        file.resource("aws_route53_record", &local, arguments).cause(cause).add();
    }

    /// The record of the sign-in pages, if a host is theirs.
    pub(super) fn record(&self, host: &str) -> Option<Handle> {
        let address = Address::managed("aws_route53_record", &self.id.local(&["domain"]));
        let is_own = matches!(&self.domain, Domain::Own(domain) if domain == host);
        is_own.then(|| Handle::new(MODULE, address))
    }

    /// One name cannot lead to two things.
    pub(super) fn check_shared(&self, platform: &Platform) -> Option<Diagnostic> {
        let Domain::Own(domain) = &self.domain else { return None };
        let other = dns::taken_by(domain, &self.id, platform)?;
        let message = format!("`{domain}` leads to `{other}` already");
        let path = self.id.path().key("domain");
        Some(Diagnostic::at(&code::NAME_CLASH, &path, message).help("choose another `domain`"))
    }

    /// A parent whose address the platform does not make must have one already.
    pub(super) fn check_parent(&self, platform: &Platform) -> Option<Diagnostic> {
        let Domain::Own(domain) = &self.domain else { return None };
        let (_, parent) = domain.split_once('.')?;
        if parent_record(parent, platform).is_some() {
            return None;
        }
        let message = format!(
            "Cognito takes `{domain}` only if `{parent}` has an address, which this spec does not give it"
        );
        let help = format!("make an A record of `{parent}` before you apply");
        let path = self.id.path().key("domain");
        Some(Diagnostic::at(&code::PREREQUISITE, &path, message).help(help))
    }
}

/// A domain that waits for the record of its parent, where the platform makes one: Cognito takes
/// no name whose parent has no address.
fn after_parent(domain: &str, platform: &Platform) -> Value {
    let Some((label, parent)) = domain.split_once('.') else { return Value::from(domain) };
    match parent_record(parent, platform) {
        Some(record) => template![label, ".", record.get("fqdn")],
        None => Value::from(domain),
    }
}

/// The record that the platform makes of a host.
fn parent_record(host: &str, platform: &Platform) -> Option<Handle> {
    platform.things.all().find_map(|thing| thing.address_record(host, platform))
}
