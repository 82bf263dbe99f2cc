//! The records that prove a domain's mail to be its own: DKIM, the way of bounces, SPF and DMARC
//! (<https://docs.aws.amazon.com/ses/latest/dg/creating-identities.html>).
use super::Email;
use super::spec::DmarcPolicy;
use crate::dns;
use crate::messaging::MODULE;
use crate::platform::Platform;
use platgen_terraform::{Document, Expr, IndexKey, Value, block, template};
use std::collections::BTreeMap;

/// Seconds that resolvers keep the records.
const TTL: i64 = 3600;
/// How many keys an identity signs with.
const KEYS: i64 = 3;

/// The regions whose keys are below a name of their own
/// (<https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains>).
const OWN_DKIM_DOMAIN: [&str; 10] = [
    "af-south-1",
    "ap-northeast-3",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-5",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "il-central-1",
    "me-central-1",
];

/// A record with one value, which is known before anything is made.
struct Record {
    /// The last part of the resource's name.
    word: &'static str,
    name: String,
    kind: &'static str,
    value: String,
}

fn dkim_domain(region: &str) -> String {
    if OWN_DKIM_DOMAIN.contains(&region) {
        format!("dkim.{region}.amazonses.com")
    } else {
        "dkim.amazonses.com".to_owned()
    }
}

impl Email {
    /// Puts the records into a document, or lists them in the outputs where they belong into a zone
    /// that the platform does not have.
    pub(super) fn lower_records(&self, platform: &Platform, out: &mut Document) {
        if self.has_zone(platform) {
            self.lower_dkim(platform, out);
            for record in self.records(platform) {
                self.lower_record(&record, platform, out);
            }
        } else {
            let description = "The records that the domain of the sender needs";
            out.output(&self.id.part(&["records"]), self.listed(platform), description);
        }
    }

    /// A record for each key. The keys are not known before the identity is made, but their number is.
    fn lower_dkim(&self, platform: &Platform, out: &mut Document) {
        let zone = dns::zone(platform, out, MODULE);
        let tokens = self.handle().reference("dkim_signing_attributes[0].tokens");
        let place = IndexKey::Computed(Box::new(Expr::EachValue(Vec::new())));
        let token = Value::Expr(Expr::Index(Box::new(Expr::Ref(tokens)), place));
        let arguments = block! {
            zone_id: zone.get("zone_id"),
            name: template![token.clone(), format!("._domainkey.{}", self.domain)],
            type: "CNAME",
            ttl: TTL,
            records: vec![template![token, format!(".{}", dkim_domain(&platform.head.region))]],
        };
        let places: BTreeMap<String, i64> =
            (0..KEYS).map(|place| ((place + 1).to_string(), place)).collect();
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource("aws_route53_record", &self.id.local(&["dkim"]), arguments)
            .for_each(places)
            .cause(&self.id.path())
            .add();
    }

    fn lower_record(&self, record: &Record, platform: &Platform, out: &mut Document) {
        let zone = dns::zone(platform, out, MODULE);
        let arguments = block! {
            zone_id: zone.get("zone_id"),
            name: &record.name,
            type: record.kind,
            ttl: TTL,
            records: vec![record.value.as_str()],
        };
        let mut file = out.module(MODULE).file(&self.id.file());
        file.resource("aws_route53_record", &self.id.local(&[record.word]), arguments)
            .cause(&self.id.path())
            .add();
    }

    fn records(&self, platform: &Platform) -> Vec<Record> {
        let mut records = vec![
            Record {
                word: "mx",
                name: self.mail_from.clone(),
                kind: "MX",
                value: format!("10 feedback-smtp.{}.amazonses.com", platform.head.region),
            },
            Record {
                word: "spf",
                name: self.mail_from.clone(),
                kind: "TXT",
                value: "v=spf1 include:amazonses.com ~all".to_owned(),
            },
        ];
        records.extend(self.dmarc_value().map(|value| Record {
            word: "dmarc",
            name: format!("_dmarc.{}", self.domain),
            kind: "TXT",
            value,
        }));
        records
    }

    fn dmarc_value(&self) -> Option<String> {
        let policy = match self.dmarc.policy {
            DmarcPolicy::Unmanaged => return None,
            policy => policy.word(),
        };
        let reports = self.dmarc.reports.as_ref().map(|to| format!("; rua=mailto:{to}"));
        Some(format!("v=DMARC1; p={policy}{}", reports.unwrap_or_default()))
    }

    fn listed(&self, platform: &Platform) -> Value {
        let keys = [
            "dkim_signing_attributes[0].tokens[0]",
            "dkim_signing_attributes[0].tokens[1]",
            "dkim_signing_attributes[0].tokens[2]",
        ];
        let dkim = keys.map(|path| {
            let token = self.handle().get(path);
            block! {
                name: template![token.clone(), format!("._domainkey.{}", self.domain)],
                type: "CNAME",
                value: template![token, format!(".{}", dkim_domain(&platform.head.region))],
            }
        });
        let others = self.records(platform).into_iter().map(|record| {
            block! { name: record.name, type: record.kind, value: record.value }
        });
        dkim.into_iter().chain(others).collect()
    }
}
