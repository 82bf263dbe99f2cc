//! `[budget.<name>]`: a limit of what the platform may cost.
use super::metric::MetricPlace;
use super::notify::mail_addresses;
use super::{MODULE, topic};
use crate::aws_name;
use crate::kind::{Kind, Output, Outputs, Resolving, Thing, ThingId};
use crate::platform::Platform;
use crate::text::PlainText;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Count, Name, OneOrMore, Read, is_plain, text_type};
use platgen_terraform::{Address, Document, Handle, Value, block};
use std::collections::BTreeSet;

/// The longest name
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html>).
const LONGEST_NAME: usize = 100;
/// The most notifications of a budget
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Notification.html>).
const MOST_NOTIFICATIONS: usize = 10;
/// The most mail addresses of a notification
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_NotificationWithSubscribers.html>).
const MOST_ADDRESSES: usize = 10;
/// The shares of the limit that are told where the spec says nothing, in percent.
const USUAL_SHARES: [i64; 3] = [50, 80, 100];
/// The share of the limit at which a forecast is told where the spec says nothing, in percent.
const USUAL_FORECAST: i64 = 100;
/// The tag that costs are told apart by. It counts from the moment on at which it is activated as a
/// cost allocation tag
/// (<https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/activating-tags.html>).
const TAG: &str = "Project";

text_type! {
    /// The name of a budget at AWS
    /// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html>).
    BudgetName,
    "^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,99}$",
    "1 to 100 letters, digits, spaces and . _ / -, beginning with a letter or digit",
    |text| {
        is_plain(text, 1..=100, b" ._/-")
            && text.starts_with(|first: char| first.is_ascii_alphanumeric())
    }
}

/// A limit of what the platform may cost: everything that has the tag `Project` of the platform,
/// in all of its environments in the account. The tag has to be activated once, as a cost allocation
/// tag, by who pays the bills.
#[derive(Debug, Read)]
pub struct BudgetSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// The limit in US dollars.
    pub limit_usd: Count<1, 1_000_000_000>,
    /// The time that the limit is for. By default a month.
    pub period: Option<BudgetPeriod>,
    /// Shares of the limit in percent. Whenever the costs reach one, it is told. By default
    /// `[50, 80, 100]`.
    pub at: Option<Vec<Count<1, 1000>>>,
    /// The share of the limit in percent at which it is told that the costs will reach it. By default
    /// 100.
    pub forecast: Option<Count<1, 1000>>,
    /// Mail addresses that are told, beside those of `[observability]`. At most ten.
    pub notify: Option<OneOrMore<PlainText>>,
    /// The name at AWS. By default `{environment}-{platform}-{name}`, cut to 100 characters.
    pub aws_name: Option<BudgetName>,
}

/// The time that a limit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum BudgetPeriod {
    /// A day. AWS forecasts no costs of days.
    Day,
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// A year.
    Year,
}

/// A limit of what the platform may cost, with every detail decided.
#[derive(Debug)]
pub struct Budget {
    id: ThingId,
    aws_name: String,
    limit: i64,
    period: BudgetPeriod,
    shares: BTreeSet<i64>,
    forecast: Option<i64>,
    addresses: BTreeSet<String>,
}

impl Kind for BudgetSpec {
    const KIND: &'static str = "budget";
    const OUTPUTS: Outputs = Outputs::Named(&["name"]);
    const ACTS: bool = false;
    const IS_REACHED: bool = false;
    type Thing = Budget;

    fn resolve(&self, id: ThingId, resolving: &mut Resolving<'_>) -> Budget {
        let path = id.path();
        let said = resolving.spec.budget.iter();
        let said = said.map(|(name, spec)| (name, spec.aws_name.as_ref().map(ToString::to_string)));
        let aws_name = aws_name::resolve(&id, LONGEST_NAME, said, resolving);
        let period = self.period.unwrap_or(BudgetPeriod::Month);
        let shares = self.at.as_ref().map(|shares| shares.iter().map(|share| share.get()));
        let notify = self.notify.as_ref();
        let addresses =
            notify.map(|addresses| mail_addresses(addresses, &path.key("notify"), resolving));
        let budget = Budget {
            aws_name,
            limit: self.limit_usd.get(),
            period,
            shares: shares.map_or_else(|| BTreeSet::from(USUAL_SHARES), Iterator::collect),
            forecast: self.forecast(period, &path, resolving),
            addresses: addresses.unwrap_or_default(),
            id,
        };
        budget.check_limits(&path, resolving);
        budget
    }
}

impl BudgetSpec {
    fn forecast(
        &self,
        period: BudgetPeriod,
        path: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Option<i64> {
        let said = self.forecast.map(Count::get);
        if period != BudgetPeriod::Day {
            return Some(said.unwrap_or(USUAL_FORECAST));
        }
        if said.is_some() {
            let message = "AWS forecasts no costs of days";
            resolving.find(&code::CONFLICT, &path.key("forecast"), message);
        }
        None
    }
}

impl Budget {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_budgets_budget", &self.id.local(&[])))
    }

    fn check_limits(&self, path: &SpecPath, resolving: &mut Resolving<'_>) {
        let notifications = self.shares.len() + usize::from(self.forecast.is_some());
        if notifications > MOST_NOTIFICATIONS {
            let message = format!(
                "{notifications} notifications with that of the forecast; a budget has {MOST_NOTIFICATIONS}"
            );
            resolving.find(&code::LIMIT, &path.key("at"), message);
        }
        if self.addresses.len() > MOST_ADDRESSES {
            let message = format!("{} addresses; AWS takes {MOST_ADDRESSES}", self.addresses.len());
            let help = "name a mailing list";
            resolving.find_with(&code::LIMIT, &path.key("notify"), message, help);
        }
    }

    fn notifications(&self) -> Value {
        let actual = self.shares.iter().map(|share| ("ACTUAL", *share));
        let forecast = self.forecast.map(|share| ("FORECASTED", share));
        let notification = |(kind, share): (&str, i64)| {
            let addresses: Vec<String> = self.addresses.iter().cloned().collect();
            block! {
                notification_type: kind,
                comparison_operator: "GREATER_THAN",
                threshold: share,
                threshold_type: "PERCENTAGE",
                subscriber_email_addresses: (!addresses.is_empty()).then_some(addresses),
                subscriber_sns_topic_arns: [topic::ops(MetricPlace::Regional).get("arn")],
            }
        };
        actual.chain(forecast).map(notification).collect()
    }
}

impl Thing for Budget {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(self.handle().get("name"))
    }

    fn lower(&self, platform: &Platform, out: &mut Document) {
        let project = platform.head.tags.get(TAG).map_or("", String::as_str);
        let arguments = block! {
            name: &self.aws_name,
            budget_type: "COST",
            time_unit: self.period.aws_word(),
            limit_amount: self.limit.to_string(),
            limit_unit: "USD",
            cost_filter: block! {
                name: "TagKeyValue",
                values: [format!("user:{TAG}${project}")],
            },
            notification: self.notifications(),
        };
        let mut file = out.module(MODULE).file(&self.id.file());
        // AWS tries the topic when a notification is made.
        file.resource("aws_budgets_budget", &self.id.local(&[]), arguments)
            .cause(&self.id.path())
            .depends_on(&topic::ops_policy())
            .add();
        out.output(&self.id.part(&["name"]), self.handle().get("name"), "The name of the budget");
    }
}

impl BudgetPeriod {
    /// As AWS writes it.
    fn aws_word(self) -> &'static str {
        match self {
            Self::Day => "DAILY",
            Self::Month => "MONTHLY",
            Self::Quarter => "QUARTERLY",
            Self::Year => "ANNUALLY",
        }
    }
}
