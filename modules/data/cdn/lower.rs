//! What a distribution becomes.
use super::route::{EVERY_PATH, Route};
use super::spec::{CacheWord, CdnEdges};
use super::{Cdn, Origin};
use crate::data::MODULE;
use crate::dns::{self, Certificate, CertificateRegion};
use crate::network::firewall;
use crate::platform::Platform;
use platgen_terraform::{Document, Expr, Handle, Value, block, template};
use std::collections::{BTreeMap, BTreeSet};

/// The policies that AWS keeps, by the ids that they have in every account: what is kept of answers
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>),
const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
/// and what an origin gets to see of a request
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html>).
const CORS_S3_ORIGIN: &str = "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf";
const ALL_VIEWER_EXCEPT_HOST: &str = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

/// Seconds for which browsers keep to HTTPS: two years, as browsers' lists ask for
/// (<https://hstspreload.org/#submission-requirements>).
const HTTPS_SECONDS: i64 = 63_072_000;
/// Seconds that an error is kept.
const ERROR_SECONDS: i64 = 10;

impl Cdn {
    /// Puts everything of the distribution into a document.
    pub(super) fn lower_all(&self, platform: &Platform, out: &mut Document) {
        self.lower_keys(out);
        let headers = self.lower_headers(out);
        let certificate = self.lower_certificate(platform, out);
        let access_control = self.lower_access_control(out);
        let default = self.routes.iter().find(|route| route.pattern == EVERY_PATH);
        let others = self.routes.iter().filter(|route| route.pattern != EVERY_PATH);
        let arguments = block! {
            enabled: true,
            comment: &self.aws_name,
            is_ipv6_enabled: true,
            http_version: "http2and3",
            price_class: self.edges.aws_word(),
            aliases: (!self.domains.is_empty()).then(|| self.domains.clone()),
            web_acl_id: self.firewall.as_ref().map(firewall::global_arn),
            default_root_object: self.root.clone(),
            wait_for_deployment: false,
            origin: self.origins(access_control.as_ref(), platform),
            default_cache_behavior: default.map(|route| self.behaviour(route, &headers)),
            ordered_cache_behavior: others
                .map(|route| self.ordered_behaviour(route, &headers))
                .collect::<Value>(),
            custom_error_response: self.error_responses(),
            restrictions: block! { geo_restriction: self.geo_block() },
            viewer_certificate: viewer_certificate(certificate),
        };
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource("aws_cloudfront_distribution", &self.id.local(&[]), arguments)
            .cause(&self.id.path())
            .add();
        self.lower_records(platform, out);
        self.lower_logs(out);
        let outputs = [
            ("arn", self.handle().get("arn"), "The ARN of the distribution"),
            ("domain", self.domain(), "The host of the distribution"),
            ("url", template!["https://", self.domain()], "The URL of the distribution"),
            (
                "id",
                self.handle().get("id"),
                "The id of the distribution, to invalidate what it keeps",
            ),
        ];
        for (word, value, description) in outputs {
            out.output(&self.id.part(&[word]), value, description);
        }
    }

    /// Security headers of every answer
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#understanding-response-headers-policies-security>).
    fn lower_headers(&self, out: &mut Document) -> Handle {
        let policy = self.content_security_policy.as_ref();
        let security = block! {
            content_type_options: block! { override: true },
            frame_options: block! { frame_option: "DENY", override: false },
            referrer_policy: block! {
                referrer_policy: "strict-origin-when-cross-origin",
                override: false,
            },
            strict_transport_security: block! {
                access_control_max_age_sec: HTTPS_SECONDS,
                include_subdomains: true,
                override: true,
            },
            content_security_policy: policy
                .map(|text| block! { content_security_policy: text, override: true }),
        };
        let arguments = block! { name: &self.aws_name, security_headers_config: security };
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource("aws_cloudfront_response_headers_policy", &self.id.local(&[]), arguments)
            .cause(&self.id.path())
            .add()
    }

    /// How the distribution shows buckets who it is: Origin Access Control, which signs every request
    /// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>).
    fn lower_access_control(&self, out: &mut Document) -> Option<Handle> {
        let to_buckets = self.routes.iter().filter(|route| matches!(route.to, Origin::Bucket(_)));
        let causes: Vec<_> = to_buckets.map(|route| route.path_in_spec.clone()).collect();
        if causes.is_empty() {
            return None;
        }
        let arguments = block! {
            name: &self.aws_name,
            origin_access_control_origin_type: "s3",
            signing_behavior: "always",
            signing_protocol: "sigv4",
        };
        let mut file = out.module(MODULE).file(&self.id.file());
        let control = file
            .resource("aws_cloudfront_origin_access_control", &self.id.local(&[]), arguments)
            .causes(&causes)
            .add();
        Some(control)
    }

    fn lower_certificate(&self, platform: &Platform, out: &mut Document) -> Option<Value> {
        let (first, others) = self.domains.split_first()?;
        let names = [self.id.local(&[]), self.id.local(&["validation"])];
        let certificate = Certificate {
            module: MODULE,
            file: &self.id.file(),
            names: [&names[0], &names[1]],
            domain: Some(first.clone()),
            alternatives: others.to_vec(),
            region: CertificateRegion::UsEast1,
            causes: &[self.id.path().key("domain")],
        };
        Some(dns::certificate(&certificate, platform, out))
    }

    /// One record of each kind of address for every name, with the name as its key.
    fn lower_records(&self, platform: &Platform, out: &mut Document) {
        if self.domains.is_empty() {
            return;
        }
        let zone = dns::zone(platform, out, MODULE);
        let entries: BTreeMap<String, String> =
            self.domains.iter().map(|domain| (domain.clone(), domain.clone())).collect();
        for (part, record_type) in [("ipv4", "A"), ("ipv6", "AAAA")] {
            let arguments = block! {
                zone_id: zone.get("zone_id"),
                name: Expr::EachKey,
                type: record_type,
                alias: block! {
                    name: self.handle().get("domain_name"),
                    zone_id: self.handle().get("hosted_zone_id"),
                    evaluate_target_health: false,
                },
            };
            let mut file = out.module(MODULE).file(&self.id.file());
            file.resource("aws_route53_record", &self.id.part(&[part]), arguments)
                .for_each(entries.clone())
                .cause(&self.id.path().key("domain"))
                .add();
        }
    }

    /// Each origin once, however many routes lead there.
    fn origins(&self, access_control: Option<&Handle>, platform: &Platform) -> Value {
        let origins: BTreeSet<&Origin> = self.routes.iter().map(|route| &route.to).collect();
        let block = |origin: &Origin| {
            let control = access_control.filter(|_| matches!(origin, Origin::Bucket(_)));
            origin.block(control.map(|control| control.get("id")), platform)
        };
        origins.into_iter().map(block).collect()
    }

    /// A behaviour for some paths; the default one takes no pattern.
    fn ordered_behaviour(&self, route: &Route, headers: &Handle) -> Value {
        let mut behaviour = self.behaviour(route, headers);
        if let Value::Map(arguments) = &mut behaviour {
            arguments.insert("path_pattern".to_owned(), Value::from(route.pattern.as_str()));
        }
        behaviour
    }

    fn behaviour(&self, route: &Route, headers: &Handle) -> Value {
        let is_bucket = matches!(route.to, Origin::Bucket(_));
        let methods: &[&str] = if is_bucket {
            &["GET", "HEAD", "OPTIONS"]
        } else {
            &["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
        };
        block! {
            target_origin_id: route.to.origin_id(),
            viewer_protocol_policy: "redirect-to-https",
            allowed_methods: methods.to_vec(),
            cached_methods: vec!["GET", "HEAD"],
            compress: true,
            cache_policy_id: match route.cache {
                CacheWord::Optimized => CACHING_OPTIMIZED,
                CacheWord::None => CACHING_DISABLED,
            },
            origin_request_policy_id:
                if is_bucket { CORS_S3_ORIGIN } else { ALL_VIEWER_EXCEPT_HOST },
            response_headers_policy_id: headers.get("id"),
            trusted_key_groups:
                route.signed_by.as_ref().map(|key| vec![self.key_group(key).get("id")]),
        }
    }

    /// S3 answers 403 for what is not there, unless the caller may list the bucket.
    fn error_responses(&self) -> Option<Value> {
        let page = self.fallback.as_ref()?;
        let response = |status: i64| {
            block! {
                error_code: status,
                response_code: 200,
                response_page_path: page,
                error_caching_min_ttl: ERROR_SECONDS,
            }
        };
        Some([403, 404].into_iter().map(response).collect())
    }

    fn geo_block(&self) -> Value {
        match &self.geo {
            None => block! { restriction_type: "none" },
            Some(geo) => {
                block! { restriction_type: geo.restriction, locations: geo.countries.clone() }
            }
        }
    }
}

/// The newest policy that provider 5.100.0 takes.
fn viewer_certificate(certificate: Option<Value>) -> Value {
    match certificate {
        None => block! { cloudfront_default_certificate: true },
        Some(arn) => block! {
            acm_certificate_arn: arn,
            minimum_protocol_version: "TLSv1.2_2021",
            ssl_support_method: "sni-only",
        },
    }
}

impl CdnEdges {
    fn aws_word(self) -> &'static str {
        match self {
            Self::Cheapest => "PriceClass_100",
            Self::Most => "PriceClass_200",
            Self::Everywhere => "PriceClass_All",
        }
    }
}
