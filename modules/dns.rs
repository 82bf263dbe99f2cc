//! Names of the platform: its hosted zone at Route 53, and certificates of ACM that records in the
//! zone validate. Every module asks for the zone by itself, so that none waits for another.
use crate::kind::{Thing, ThingId};
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Expr, Handle, ResourceBuilder, Value, block};

/// Seconds that resolvers keep the record by which a certificate is validated.
const VALIDATION_TTL: i64 = 60;

/// A certificate, and the records that prove who owns its names. All resources have one name; the
/// records have `validation` behind it.
pub struct Certificate<'a> {
    /// The module.
    pub module: &'static str,
    /// The file, without ending.
    pub file: &'a str,
    /// The name of its resources, and that of the records.
    pub names: [&'a str; 2],
    /// The first name that it is valid for.
    pub domain: Option<String>,
    /// The other names.
    pub alternatives: Vec<String>,
    /// Where it stands.
    pub region: CertificateRegion,
    /// The lines of the spec that cause it.
    pub causes: &'a [SpecPath],
}

/// The region of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateRegion {
    /// That of the platform.
    Platform,
    /// `us-east-1`, where everything that CloudFront serves has its certificate
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html>).
    UsEast1,
}

/// Whether a host, or a pattern of hosts, lies in a hosted zone.
pub fn is_in_zone(host: &str, zone: &str) -> bool {
    host == zone || host.strip_suffix(zone).is_some_and(|before| before.ends_with('.'))
}

/// Another thing that a host leads to already. Of two of one kind the earlier one has it.
pub fn taken_by<'a>(host: &str, own: &ThingId, platform: &'a Platform) -> Option<&'a ThingId> {
    let others = platform.things.all().filter(|thing| {
        let id = thing.id();
        id.kind != own.kind || id.name < own.name
    });
    let mut taken = others.filter(|thing| thing.address_record(host, platform).is_some());
    taken.next().map(Thing::id)
}

/// The platform's hosted zone, asked for the first time that it is needed in a module.
pub fn zone(platform: &Platform, out: &mut Document, module: &'static str) -> Handle {
    let address = Address::data("aws_route53_zone", "main");
    let known = out.modules.get(module).is_some_and(|m| m.resources.contains_key(&address));
    if !known {
        let arguments = block! { name: platform.head.zone.clone(), private_zone: false };
        let cause = SpecPath::of(["platform", "domain"]);
        let mut file = out.module(module).file("zone");
        file.data("aws_route53_zone", "main", arguments).cause(&cause).add();
    }
    Handle::new(module, address)
}

/// Puts a certificate into a document, validated by records of the zone. Gives its ARN, as soon as
/// it is valid.
pub fn certificate(
    certificate: &Certificate<'_>,
    platform: &Platform,
    out: &mut Document,
) -> Value {
    let zone = zone(platform, out, certificate.module);
    let alternatives = &certificate.alternatives;
    let arguments = block! {
        domain_name: certificate.domain.clone(),
        subject_alternative_names: (!alternatives.is_empty()).then(|| alternatives.clone()),
        validation_method: "DNS",
    };
    let [name, _] = certificate.names;
    let mut file = out.module(certificate.module).file(certificate.file);
    let made = file.resource("aws_acm_certificate", name, arguments).create_before_destroy();
    let made = certificate.placed(made).add();
    let records = validation_records(certificate, &made, &zone, out);
    let arguments = block! {
        certificate_arn: made.get("arn"),
        validation_record_fqdns: Expr::list_of(records.whole(), Expr::Item(vec!["fqdn"])),
    };
    let mut file = out.module(certificate.module).file(certificate.file);
    let validation = file.resource("aws_acm_certificate_validation", name, arguments);
    certificate.placed(validation).add().get("certificate_arn")
}

/// The records that prove who owns the names, one for each. A wildcard and its parent are validated
/// by the same record, so each may find it there.
fn validation_records(
    certificate: &Certificate<'_>,
    made: &Handle,
    zone: &Handle,
    out: &mut Document,
) -> Handle {
    let arguments = block! {
        zone_id: zone.get("zone_id"),
        name: Expr::EachValue(vec!["resource_record_name"]),
        type: Expr::EachValue(vec!["resource_record_type"]),
        records: vec![Expr::EachValue(vec!["resource_record_value"])],
        ttl: VALIDATION_TTL,
        allow_overwrite: true,
    };
    let options = made.get("domain_validation_options");
    let by_domain = Expr::map_of(options, Expr::Item(vec!["domain_name"]), Expr::Item(vec![]));
    let [_, name] = certificate.names;
    let mut file = out.module(certificate.module).file(certificate.file);
    let records = file.resource("aws_route53_record", name, arguments);
    records.for_each(by_domain).causes(certificate.causes).add()
}

impl Certificate<'_> {
    fn placed<'d>(&self, resource: ResourceBuilder<'d>) -> ResourceBuilder<'d> {
        let resource = resource.causes(self.causes);
        match self.region {
            CertificateRegion::Platform => resource,
            CertificateRegion::UsEast1 => resource.us_east_1(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_in_zone;

    #[test]
    fn a_host_lies_in_its_zone_and_below_it() {
        for (host, expected) in [
            ("example.com", true),
            ("a.b.example.com", true),
            ("*.example.com", true),
            ("badexample.com", false),
            ("example.org", false),
            ("com", false),
        ] {
            assert_eq!(is_in_zone(host, "example.com"), expected, "{host}");
        }
    }
}
