//! The name that an API is reached at: its certificate, its domain at API Gateway, and its records.
//!
//! Domains of the second version of API Gateway serve both types of APIs
//! (<https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html>).
use super::Api;
use crate::compute::MODULE;
use crate::dns::{self, Certificate, CertificateRegion, is_in_zone};
use crate::kind::{Resolving, ThingId};
use crate::platform::{Platform, is_domain};
use crate::text::PlainText;
use platgen_source::diagnostics::code;
use platgen_terraform::{Address, Document, Handle, block};
use std::collections::BTreeMap;

/// The lowest version of TLS that callers may speak
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html>).
const SECURITY_POLICY: &str = "TLS_1_2";
/// Both versions of IP.
pub(super) const ADDRESS_TYPE: &str = "dualstack";

/// Decides the domain of an API, and finds one that could get no record or no certificate.
pub(super) fn resolve(
    said: Option<&PlainText>,
    id: &ThingId,
    resolving: &mut Resolving<'_>,
) -> Option<String> {
    let path = id.path().key("domain");
    let domain = resolving.head.plain(said?).to_ascii_lowercase();
    let Some(zone) = resolving.head.zone.clone() else {
        let message = "there is no hosted zone for its records";
        let help = "set `domain`, and `zone` if it is another one, in [platform]";
        resolving.find_with(&code::CONFLICT, &path, message, help);
        return None;
    };
    if !is_domain(&domain) {
        let message = format!("`{}` is no domain name", domain.escape_debug());
        resolving.find(&code::MALFORMED, &path, message);
    } else if !is_in_zone(&domain, &zone) {
        let message = format!("`{domain}` is not in the hosted zone `{zone}`");
        let help = "name a host in the zone, or another `zone` in [platform]";
        resolving.find_with(&code::IMPOSSIBLE, &path, message, help);
    }
    Some(domain)
}

/// The record of a host, if it is the domain of the API.
pub(super) fn record(api: &Api, host: &str) -> Option<Handle> {
    let address = Address::managed("aws_route53_record", &api.id.part(&["hosts"]));
    let is_own = api.domain.as_deref() == Some(host);
    is_own.then(|| Handle::new(MODULE, address).instance("A"))
}

/// Puts the domain of an API into a document, if it has one.
pub(super) fn lower(api: &Api, platform: &Platform, out: &mut Document) {
    let Some(domain) = &api.domain else { return };
    let (file, cause) = (api.id.file(), api.id.path().key("domain"));
    let certificate = Certificate {
        module: MODULE,
        file: &file,
        names: [&api.id.identifier(), &api.id.part(&["validation"])],
        domain: Some(domain.clone()),
        alternatives: Vec::new(),
        region: CertificateRegion::Platform,
        causes: std::slice::from_ref(&cause),
    };
    let certificate = dns::certificate(&certificate, platform, out);
    let arguments = block! {
        domain_name: domain,
        domain_name_configuration: block! {
            certificate_arn: certificate,
            endpoint_type: "REGIONAL",
            ip_address_type: ADDRESS_TYPE,
            security_policy: SECURITY_POLICY,
        },
    };
    let local = api.id.local(&[]);
    let mut place = out.module(MODULE).file(&file);
    let made =
        place.resource("aws_apigatewayv2_domain_name", &local, arguments).cause(&cause).add();
    let arguments = block! {
        api_id: api.handle().get("id"),
        domain_name: made.get("id"),
        stage: api.stage_attribute(),
    };
    place.resource("aws_apigatewayv2_api_mapping", &local, arguments).cause(&cause).add();
    let zone = dns::zone(platform, out, MODULE);
    let records = BTreeMap::from(["A", "AAAA"].map(|kind| (kind.to_owned(), kind.to_owned())));
    let arguments = block! {
        zone_id: zone.get("zone_id"),
        name: domain,
        type: platgen_terraform::Expr::EachKey,
        alias: block! {
            name: made.get("domain_name_configuration[0].target_domain_name"),
            zone_id: made.get("domain_name_configuration[0].hosted_zone_id"),
            evaluate_target_health: false,
        },
    };
    out.module(MODULE)
        .file(&file)
        .resource("aws_route53_record", &api.id.part(&["hosts"]), arguments)
        .for_each(records)
        .cause(&cause)
        .add();
}
