//! The topics that alarms and failures are told on, their subscriptions, and the key of it all.
//!
//! An alarm can only tell a topic in its own region, so the alarms of metrics that AWS keeps in
//! us-east-1 have topics there. AWS services cannot publish to a topic under the key of SNS itself
//! (<https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html>), so there is a customer key.
use super::alarm::Alarm;
use super::metric::MetricPlace;
use super::notify::Contacts;
use super::{MODULE, section};
use crate::aws;
use crate::connect::iam::{self, Arn, PolicyKind, PolicyPlace, Principal, Statement};
use crate::kms::{KeyPlace, customer_key_at};
use crate::names::identifier;
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Handle, ProviderAlias, Value, block};
use std::collections::BTreeSet;

/// The file of topics and subscriptions.
pub(super) const FILE: &str = "topics";
/// The file of the keys.
const KEY_FILE: &str = "key";
/// The name of the key, and the word that its alias ends in.
const KEY: &str = "observability";
/// The name of the topic that hears of everything.
const OPS: &str = "ops";
/// The longest name of a topic (<https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>).
const LONGEST_NAME: usize = 256;
/// The longest display name (<https://docs.aws.amazon.com/sns/latest/dg/sns-create-topic.html>).
const LONGEST_DISPLAY_NAME: usize = 100;

/// An AWS service that tells something on the topics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Teller {
    /// `CloudWatch`: alarms.
    Alarms,
    /// Budgets.
    Budgets,
    /// RDS.
    Databases,
    /// `EventBridge`: failures of everything else.
    Events,
}

/// A topic, while it is made.
struct Topic<'a> {
    /// The name of its resources.
    name: String,
    /// What stands behind the prefix in the name at AWS.
    word: &'a str,
    place: MetricPlace,
    tellers: &'a BTreeSet<Teller>,
    contacts: &'a Contacts,
    cause: SpecPath,
}

/// The provider of a region.
pub(super) fn provider(place: MetricPlace) -> Option<ProviderAlias> {
    match place {
        MetricPlace::Regional => None,
        MetricPlace::UsEast1 => Some(ProviderAlias::UsEast1),
    }
}

/// The topic that hears of everything in a region.
pub fn ops(place: MetricPlace) -> Handle {
    Handle::new(MODULE, Address::managed("aws_sns_topic", &in_place(&[OPS], place)))
}

/// The policy of [`ops`] in the region of the platform: without it, others are refused.
pub(super) fn ops_policy() -> Handle {
    Handle::new(MODULE, Address::managed("aws_sns_topic_policy", OPS))
}

/// The key of topics and of the log archive.
pub(super) fn key(place: MetricPlace) -> Handle {
    Handle::new(MODULE, Address::managed("aws_kms_key", &in_place(&[KEY], place)))
}

/// The topics that an alarm tells: that of everything, and its own if others are told as well.
pub(super) fn of_alarm(alarm: &Alarm) -> impl Iterator<Item = Handle> {
    let own = (!alarm.contacts.is_empty())
        .then(|| Handle::new(MODULE, Address::managed("aws_sns_topic", &alarm.local)));
    std::iter::once(ops(alarm.reading.place)).chain(own)
}

/// A name of resources, with the region behind it where that is not the platform's.
fn in_place(parts: &[&str], place: MetricPlace) -> String {
    match place {
        MetricPlace::Regional => identifier(parts),
        MetricPlace::UsEast1 => identifier(&[parts, &[ProviderAlias::UsEast1.region()]].concat()),
    }
}

/// Puts the topics into a document, for those that tell something in the platform's region and for
/// alarms. The key of that region is put in by itself, because the log archive needs it as well.
pub(super) fn lower(
    tellers: &BTreeSet<Teller>,
    alarms: &[Alarm],
    platform: &Platform,
    out: &mut Document,
) {
    let elsewhere = alarms.iter().any(|alarm| alarm.reading.place == MetricPlace::UsEast1);
    let from_alarms = BTreeSet::from([Teller::Alarms]);
    let contacts = &platform.observability.contacts;
    let cause = section().key("notify");
    let mut topics = Vec::new();
    let places = [
        (MetricPlace::Regional, !tellers.is_empty(), tellers),
        (MetricPlace::UsEast1, elsewhere, &from_alarms),
    ];
    for (place, is_needed, tellers) in places {
        if is_needed {
            let (name, cause) = (in_place(&[OPS], place), cause.clone());
            topics.push(Topic { name, word: OPS, place, tellers, contacts, cause });
        }
    }
    for alarm in alarms.iter().filter(|alarm| !alarm.contacts.is_empty()) {
        topics.push(Topic {
            name: alarm.local.clone(),
            word: &alarm.local,
            place: alarm.reading.place,
            tellers: &from_alarms,
            contacts: &alarm.contacts,
            cause: alarm.cause.key("notify"),
        });
    }
    for topic in &topics {
        topic.lower(platform, out);
    }
    if elsewhere {
        lower_key(MetricPlace::UsEast1, &from_alarms, platform, out);
    }
    if !tellers.is_empty() {
        let description = "The topic that alarms and failures are told on";
        let name = identifier(&[KEY, "topic-arn"]);
        out.output(&name, ops(MetricPlace::Regional).get("arn"), description);
    }
}

/// Puts the key of a region into a document, for those that tell something there.
pub(super) fn lower_key(
    place: MetricPlace,
    tellers: &BTreeSet<Teller>,
    platform: &Platform,
    out: &mut Document,
) {
    let statements = tellers.iter().map(|teller| teller.key_statement(place, platform, out));
    let statements: Vec<Statement> = statements.collect();
    let (name, cause) = (in_place(&[KEY], place), section());
    let policy = format!("key__{name}");
    let policy_place = PolicyPlace { module: MODULE, file: KEY_FILE, name: &policy, cause: &cause };
    let names = KeyPlace { resource: &name, word: KEY, provider: provider(place) };
    customer_key_at(platform, out, &policy_place, names, statements);
}

impl Topic<'_> {
    /// Puts the topic, its policy and its subscriptions into a document. No topic of the spec has a `_`
    /// in its name, so none is called alike.
    fn lower(&self, platform: &Platform, out: &mut Document) {
        let prefix = platform.head.prefix.as_str();
        let display: String = prefix.chars().take(LONGEST_DISPLAY_NAME).collect();
        let arguments = block! {
            name: crate::names::fit(&format!("{prefix}_{}", self.word), LONGEST_NAME),
            display_name: display,
            kms_master_key_id: key(self.place).get("arn"),
            signature_version: 2,
        };
        let mut file = out.module(MODULE).file(FILE);
        let topic = file
            .resource("aws_sns_topic", &self.name, arguments)
            .cause(&self.cause)
            .provider(provider(self.place))
            .add();
        self.lower_policy(&topic, platform, out);
        self.contacts.subscribe(out, &topic, provider(self.place), &self.cause);
    }

    fn lower_policy(&self, topic: &Handle, platform: &Platform, out: &mut Document) {
        let arn = Arn::new("sns:topic", topic.get("arn"));
        let tls_only = Statement::deny(&["sns:Publish"], vec![arn.clone()])
            .to(Principal::Everyone)
            .when("Bool", "aws:SecureTransport", [Value::from("false")]);
        let mut statements = vec![tls_only];
        for teller in self.tellers {
            statements.push(teller.topic_statement(&arn, self.place, platform, out));
        }
        let name = format!("topic__{}", self.name);
        let place = PolicyPlace { module: MODULE, file: FILE, name: &name, cause: &self.cause };
        let policy = iam::policy(out, &place, PolicyKind::Resource, &statements);
        let mut file = out.module(MODULE).file(FILE);
        let arguments = block! { arn: topic.get("arn"), policy: policy };
        file.resource("aws_sns_topic_policy", &self.name, arguments)
            .cause(&self.cause)
            .provider(provider(self.place))
            .add();
    }
}

impl Teller {
    fn service(self) -> &'static str {
        match self {
            Self::Alarms => "cloudwatch.amazonaws.com",
            Self::Budgets => "budgets.amazonaws.com",
            Self::Databases => "events.rds.amazonaws.com",
            Self::Events => "events.amazonaws.com",
        }
    }

    /// What the service tells of, as it says in `aws:SourceArn`:
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html>,
    /// <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html>,
    /// <https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Events.GrantingPermissions.html>,
    /// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html>.
    fn source(self, place: MetricPlace, platform: &Platform, out: &mut Document) -> Value {
        let here = platform.head.region.as_str();
        let region = provider(place).map_or(here, |alias| alias.region());
        match self {
            Self::Alarms => aws::arn(out, MODULE, "cloudwatch", region, "alarm:*"),
            Self::Budgets => aws::arn(out, MODULE, "budgets", "", "*"),
            Self::Databases => aws::arn(out, MODULE, "rds", region, "*"),
            Self::Events => aws::arn(out, MODULE, "events", region, "rule/*"),
        }
    }

    fn topic_statement(
        self,
        topic: &Arn,
        place: MetricPlace,
        platform: &Platform,
        out: &mut Document,
    ) -> Statement {
        let publish = Statement::allow(&["sns:Publish"], vec![topic.clone()])
            .to(Principal::Service(self.service().into()))
            .when("ArnLike", "aws:SourceArn", [self.source(place, platform, out)]);
        match self {
            // EventBridge is told from others by the rule alone.
            Self::Events => publish,
            Self::Alarms | Self::Budgets | Self::Databases => {
                publish.when("StringEquals", "aws:SourceAccount", [aws::account(out, MODULE)])
            }
        }
    }

    fn key_statement(
        self,
        place: MetricPlace,
        platform: &Platform,
        out: &mut Document,
    ) -> Statement {
        let uses = ["kms:Decrypt", "kms:GenerateDataKey*"];
        let statement =
            Statement::allow(&uses, vec![Arn::any()]).to(Principal::Service(self.service().into()));
        match self {
            // With a condition on the source, EventBridge is refused and its events are lost without
            // an error: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
            Self::Events => statement,
            Self::Alarms | Self::Budgets | Self::Databases => statement
                .when("ArnLike", "aws:SourceArn", [self.source(place, platform, out)])
                .when("StringEquals", "aws:SourceAccount", [aws::account(out, MODULE)]),
        }
    }
}
