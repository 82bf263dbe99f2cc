//! What a firewall becomes: IP sets, web ACLs, their associations and their logs.
use super::rules::{List, Version, visibility};
use super::spec::LogChoice;
use super::{Attachment, Firewall, Scope, acl, local};
use crate::aws;
use crate::connect::iam::{self, Arn, PolicyKind, PolicyPlace, Principal, Statement};
use crate::kind::Thing;
use crate::network::MODULE;
use crate::network::logs::{self, LogGroup};
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, FileBuilder, Handle, ResourceBuilder, Value};
use platgen_terraform::{ProviderAlias, block, template};

/// What the log groups of firewalls are called, as WAF asks for it
/// (<https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html>).
const LOG_GROUP_START: &str = "aws-waf-logs-";
/// Headers that hold who somebody is, in lower case.
const SECRET_HEADERS: [&str; 2] = ["authorization", "cookie"];
/// The name and the file of what all firewalls share.
const SHARED: &str = "firewalls";

impl Firewall {
    /// Puts everything of the firewall into a document.
    pub(super) fn lower_firewall(&self, platform: &Platform, out: &mut Document) {
        for scope in self.scopes(platform) {
            self.lower_in(scope, platform, out);
        }
        self.lower_associations(platform, out);
        let arn = self.handle(platform).get("arn");
        out.output(&self.id().part(&["arn"]), arn, "The ARN of the web ACL");
    }

    /// The web ACL of one place, and its logs.
    pub(super) fn lower_in(&self, scope: Scope, platform: &Platform, out: &mut Document) {
        self.lower_acl(scope, out);
        if self.logs != LogChoice::None {
            self.lower_logs(scope, platform, out);
        }
    }

    fn lower_acl(&self, scope: Scope, out: &mut Document) {
        let id = self.id();
        for list in [List::Allow, List::Block] {
            for version in self.rules.versions(list) {
                self.lower_ip_set(list, version, scope, out);
            }
        }
        let set = |list, version| self.ip_set(list, version, scope).get("arn");
        let arguments = block! {
            name: &self.aws_name,
            scope: scope.aws_word(),
            default_action: block! { allow: block! {} },
            rule: self.rules.blocks(set),
            visibility_config: visibility(&self.aws_name),
        };
        let mut file = out.module(MODULE).file(&id.file());
        scope
            .resource(&mut file, "aws_wafv2_web_acl", &local(&id.name, scope, &[]), arguments)
            .cause(&id.path())
            .add();
    }

    fn ip_set_name(&self, list: List, version: Version, scope: Scope) -> String {
        local(&self.id().name, scope, &[list.word(), version.word()])
    }

    fn ip_set(&self, list: List, version: Version, scope: Scope) -> Handle {
        let name = self.ip_set_name(list, version, scope);
        Handle::new(MODULE, Address::managed("aws_wafv2_ip_set", &name))
    }

    fn lower_ip_set(&self, list: List, version: Version, scope: Scope, out: &mut Document) {
        let id = self.id();
        let addresses = self.rules.list(list).iter().filter(|net| version.is_of(net));
        let arguments = block! {
            name: format!("{}-{}-{}", self.aws_name, list.word(), version.word()),
            scope: scope.aws_word(),
            ip_address_version: version.aws_word(),
            addresses: addresses.map(ToString::to_string).collect::<Value>(),
        };
        let name = self.ip_set_name(list, version, scope);
        let mut file = out.module(MODULE).file(&id.file());
        scope
            .resource(&mut file, "aws_wafv2_ip_set", &name, arguments)
            .cause(&id.path().key(list.word()))
            .add();
    }

    fn lower_associations(&self, platform: &Platform, out: &mut Document) {
        for (shielded_id, shielded) in self.shields(platform) {
            let Attachment::Association(arn) = shielded.by else { continue };
            let arguments = block! {
                resource_arn: arn,
                web_acl_arn: acl(&self.id().name, Scope::Regional).get("arn"),
            };
            let mut file = out.module(MODULE).file(&self.id().file());
            file.resource("aws_wafv2_web_acl_association", &shielded_id.identifier(), arguments)
                .cause(&self.id().path())
                .cause(&shielded.cause)
                .add();
        }
    }

    fn lower_logs(&self, scope: Scope, platform: &Platform, out: &mut Document) {
        let (id, cause) = (self.id(), self.id().path());
        let group = self.lower_log_group(scope, platform, out);
        let header = |name: &str| block! { single_header: block! { name: name } };
        let redacted: Vec<Value> = SECRET_HEADERS.iter().map(|name| header(name)).collect();
        let arguments = block! {
            resource_arn: acl(&id.name, scope).get("arn"),
            log_destination_configs: vec![group.get("arn")],
            redacted_fields: redacted,
            logging_filter: (self.logs == LogChoice::Blocked).then(only_blocked),
        };
        let name = local(&id.name, scope, &[]);
        let mut file = out.module(MODULE).file(&id.file());
        let kind = "aws_wafv2_web_acl_logging_configuration";
        scope
            .resource(&mut file, kind, &name, arguments)
            .cause(&cause)
            // Else WAF writes its own policy, which all web ACLs of the account share until it is full.
            .depends_on(&shared_policy(scope))
            .add();
    }

    /// The logs key stands in the platform's region. Elsewhere CloudWatch's own key encrypts the group.
    fn lower_log_group(&self, scope: Scope, platform: &Platform, out: &mut Document) -> Handle {
        let (id, cause) = (self.id(), self.id().path());
        let name = id.part(&scope.parts());
        let aws_name = format!("{LOG_GROUP_START}{}{}", self.aws_name, scope.suffix());
        if scope == Scope::Regional {
            let file = id.file();
            let retention = self.retention;
            let group = LogGroup {
                module: MODULE,
                file: &file,
                name: &name,
                aws_name,
                retention,
                cause: &cause,
            };
            return logs::log_group(out, &group);
        }
        let has_key = scope.region(platform) == platform.head.region;
        let arguments = block! {
            name: aws_name,
            retention_in_days: self.retention.days(),
            kms_key_id: has_key.then(|| logs::key().get("arn")),
        };
        let mut file = out.module(MODULE).file(&id.file());
        let group = file.resource("aws_cloudwatch_log_group", &name, arguments);
        group.us_east_1().cause(&cause).add()
    }
}

/// Puts what firewalls share into a document: for each place the one policy that lets WAF write their
/// logs. An account has ten such policies in a region
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>).
pub(in crate::network) fn lower_shared(platform: &Platform, out: &mut Document) {
    for scope in [Scope::Regional, Scope::Global] {
        let firewalls = platform.things.firewall.values();
        let logging: Vec<&Firewall> = firewalls
            .filter(|firewall| firewall.keeps_logs() && firewall.scopes(platform).contains(&scope))
            .collect();
        if !logging.is_empty() {
            lower_policy(&logging, scope, platform, out);
        }
    }
}

/// <https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html>.
pub(super) fn lower_policy(
    logging: &[&Firewall],
    scope: Scope,
    platform: &Platform,
    out: &mut Document,
) {
    let account = aws::account(out, MODULE);
    let anything = aws::arn(out, MODULE, "logs", scope.region(platform), "*");
    let streams = logging.iter().map(|firewall| {
        let name = firewall.id().part(&scope.parts());
        let group = Handle::new(MODULE, Address::managed("aws_cloudwatch_log_group", &name));
        Arn::new("logs:log-stream", template![group.get("arn"), ":log-stream:*"])
    });
    let write = ["logs:CreateLogStream", "logs:PutLogEvents"];
    let statement = Statement::allow(&write, streams.collect())
        .to(Principal::Service("delivery.logs.amazonaws.com".into()))
        .when("StringEquals", "aws:SourceAccount", [account])
        .when("ArnLike", "aws:SourceArn", [anything]);
    let causes: Vec<SpecPath> = logging.iter().map(|firewall| firewall.id().path()).collect();
    let cause = SpecPath::of(["firewall"]);
    let name = shared_policy(scope).target().address.name.clone();
    let place = PolicyPlace { module: MODULE, file: SHARED, name: &name, cause: &cause };
    let json = iam::policy(out, &place, PolicyKind::Resource, &[statement]);
    let aws_name = platform.head.prefix.full(&[SHARED]);
    let arguments = block! {
        policy_name: format!("{aws_name}{}", scope.suffix()),
        policy_document: json,
    };
    let mut file = out.module(MODULE).file(SHARED);
    scope
        .resource(&mut file, "aws_cloudwatch_log_resource_policy", &name, arguments)
        .causes(&causes)
        .add();
}

/// The policy that lets WAF write the logs of all firewalls.
fn shared_policy(scope: Scope) -> Handle {
    let name = crate::names::identifier(&[&[SHARED], scope.parts().as_slice()].concat());
    Handle::new(MODULE, Address::managed("aws_cloudwatch_log_resource_policy", &name))
}

/// Drops what no rule blocked or counted.
fn only_blocked() -> Value {
    let action = |word: &str| block! { action_condition: block! { action: word } };
    block! {
        default_behavior: "DROP",
        filter: block! {
            behavior: "KEEP",
            requirement: "MEETS_ANY",
            condition: vec![action("BLOCK"), action("COUNT"), action("EXCLUDED_AS_COUNT")],
        },
    }
}

impl Scope {
    /// As WAF names it.
    fn aws_word(self) -> &'static str {
        match self {
            Self::Regional => "REGIONAL",
            Self::Global => "CLOUDFRONT",
        }
    }

    /// What names of resources have behind all other parts.
    pub(super) fn parts(self) -> Vec<&'static str> {
        match self {
            Self::Regional => Vec::new(),
            Self::Global => vec!["global"],
        }
    }

    /// What names at AWS end in: a platform may itself stand in us-east-1.
    fn suffix(self) -> &'static str {
        match self {
            Self::Regional => "",
            Self::Global => "-global",
        }
    }

    fn region(self, platform: &Platform) -> &str {
        match self {
            Self::Regional => &platform.head.region,
            Self::Global => ProviderAlias::UsEast1.region(),
        }
    }

    /// Describes a resource in the region of this scope.
    fn resource<'a>(
        self,
        file: &'a mut FileBuilder<'_>,
        kind: &'static str,
        name: &str,
        arguments: Value,
    ) -> ResourceBuilder<'a> {
        let resource = file.resource(kind, name, arguments);
        match self {
            Self::Regional => resource,
            Self::Global => resource.us_east_1(),
        }
    }
}
