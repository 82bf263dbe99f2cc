//! The list of kinds. Adding a kind is one room, and one line here.
use crate::connect::{self, Edge, Grant, InternetVerbs};
use crate::data::backup::BackupPlanSpec;
use crate::kind::{Kind, Outputs, Resolving, Target, Thing, ThingId};
use crate::network::NetworkSpec;
use crate::never::NeverSpec;
use crate::observability::ObservabilitySpec;
use crate::platform::{Environments, Platform, PlatformSpec, SpecVersion};
use crate::text::VariableName;
use crate::{auth, compute, data, messaging, network, observability};
use platgen_source::diagnostics::Diagnostic;
use platgen_source::{Key, Mention, Name, Read, Reader, Things, Verbs};
use std::collections::BTreeMap;

macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $section:ident: $kind:ty $(=> $verbs:ty)?;)+) => {
        /// Every section whose entries are things, sorted.
        pub const KINDS: &[&str] = &[$(stringify!($section)),+];

        /// Every section whose things can stand in `uses`.
        pub const TARGETS: &[&str] = &[$($({ let _: Option<$verbs> = None; stringify!($section) },)?)+];

        /// The verbs of each of [`TARGETS`].
        pub const VERBS: &[(&str, &[&str])] =
            &[$($((stringify!($section), <$verbs as Verbs>::ALL),)?)+];

        /// A whole spec, as one environment sees it.
        #[derive(Debug, Read)]
        pub struct Spec {
            /// The version of the spec language: 1.
            pub spec: SpecVersion,
            /// The platform: name, region, domain.
            pub platform: PlatformSpec,
            /// The environments: each lays its own keys over the rest of the spec.
            pub environment: Environments,
            /// The network that everything stands in.
            pub network: Option<NetworkSpec>,
            /// Copies of what the platform keeps. By default they are made in production.
            pub backup: Option<BackupPlanSpec>,
            /// How everything is watched: alarms, dashboard, messages, copies of logs.
            pub observability: Option<ObservabilitySpec>,
            /// What must never be: `"a -> b"` forbids an edge, `"a => b"` any way. By names of your own.
            pub never: NeverSpec,
            $($(#[doc = $doc])+ pub $section: Things<$kind>,)+
        }

        /// What a thing uses: the one place where rights, network paths and secrets come from.
        #[derive(Clone, Debug, Default, Read)]
        #[spec(default)]
        pub struct Uses {
            /// What it reaches on the internet. Without it nothing leaves the network.
            pub internet: Option<InternetVerbs>,
            $($(
                #[doc = concat!("What it does with each `", stringify!($section), "`.")]
                pub $section: BTreeMap<TargetName, $verbs>,
            )?)+
        }

        /// The things of a platform, each with every detail decided.
        #[derive(Debug)]
        pub struct PlatformThings {
            $($(#[doc = $doc])+ pub $section: BTreeMap<Name, <$kind as Kind>::Thing>,)+
        }

        impl PlatformThings {
            /// Resolves every thing of a spec.
            pub fn resolve(spec: &Spec, resolving: &mut Resolving<'_>) -> Self {
                Self { $($section: resolve_all(&spec.$section, resolving)),+ }
            }

            /// Every thing, kind by kind.
            pub fn all(&self) -> impl Iterator<Item = &dyn Thing> {
                let mut things: Vec<&dyn Thing> = Vec::new();
                $(things.extend(self.$section.values().map(|thing| thing as &dyn Thing));)+
                things.into_iter()
            }

            /// The thing of a kind and name.
            pub fn get(&self, kind: &str, name: &str) -> Option<&dyn Thing> {
                let name = Name::new(name)?;
                match kind {
                    $(stringify!($section) => self.$section.get(&name).map(|thing| thing as &dyn Thing),)+
                    _ => None,
                }
            }
        }

        impl Uses {
            /// What the declared edges of a consumer give it.
            pub fn grants(&self, consumer: &dyn Thing, platform: &Platform) -> Vec<Grant> {
                let mut grants = Vec::new();
                if let Some(verbs) = &self.internet {
                    grants.push(connect::internet(consumer.id(), verbs));
                }
                $($(
                    for (name, verbs) in &self.$section {
                        let _: &$verbs = verbs;
                        if let Some(target) = platform.things.$section.get(&name.0) {
                            let edge = Edge::new(consumer, target, platform, verbs.r#as.as_ref().map(VariableName::as_str));
                            grants.push(target.grant(verbs, &edge));
                        }
                    }
                )?)+
                grants
            }

            /// The verbs that the things which are used do not have.
            pub fn refused(&self, consumer: &dyn Thing, platform: &Platform) -> Vec<Diagnostic> {
                let mut findings = Vec::new();
                $($(
                    for (name, verbs) in &self.$section {
                        let _: &$verbs = verbs;
                        if let Some(target) = platform.things.$section.get(&name.0) {
                            let edge = Edge::new(consumer, target, platform, None);
                            findings.extend(target.refused(verbs).iter().map(|refusal| edge.refuse(refusal)));
                        }
                    }
                )?)+
                findings
            }

            /// The kind and the name of everything that is used, beside the internet.
            pub fn targets(&self) -> Vec<(&'static str, &Name)> {
                let mut targets = Vec::new();
                $($(
                    for (name, verbs) in &self.$section {
                        let _: &$verbs = verbs;
                        targets.push((stringify!($section), &name.0));
                    }
                )?)+
                targets
            }

            /// Adds the edges of another thing below its own.
            pub fn inherit(&mut self, from: &Self) {
                self.internet = self.internet.take().or_else(|| from.internet.clone());
                $($(
                    for (name, verbs) in &from.$section {
                        let _: &$verbs = verbs;
                        self.$section.entry(name.clone()).or_insert_with(|| verbs.clone());
                    }
                )?)+
            }
        }

        impl Spec {
            /// Declares what exists as soon as something speaks of it.
            pub fn imply(&mut self, mentions: &[Mention]) {
                $(<$kind as Kind>::imply(self, mentions);)+
            }
        }

        /// What placeholders can name of a kind; `None` if there is no such kind.
        pub fn outputs(kind: &str) -> Option<Outputs> {
            match kind {
                $(stringify!($section) => Some(<$kind as Kind>::OUTPUTS),)+
                _ => None,
            }
        }

        /// What alarms can name of a kind; `None` if there is no such kind.
        pub fn metrics(kind: &str) -> Option<&'static [&'static str]> {
            match kind {
                $(stringify!($section) => Some(<$kind as Kind>::METRICS),)+
                _ => None,
            }
        }

        /// The module that things of a kind are emitted into: the folder that their room stands in.
        pub fn module_of(kind: &str) -> Option<&'static str> {
            let room = match kind {
                $(stringify!($section) => stringify!($kind),)+
                _ => return None,
            };
            room.split("::").next().map(str::trim)
        }

        /// Whether an edge can begin at things of a kind.
        pub fn acts(kind: &str) -> bool {
            match kind {
                $(stringify!($section) => <$kind as Kind>::ACTS,)+
                _ => false,
            }
        }

        /// Whether an edge can lead to things of a kind.
        pub fn is_reached(kind: &str) -> bool {
            match kind {
                $(stringify!($section) => <$kind as Kind>::IS_REACHED,)+
                _ => false,
            }
        }

        /// Whether a thing of this kind and name exists without being declared.
        pub fn is_implied(kind: &str, name: &str) -> bool {
            match kind {
                $(stringify!($section) => <$kind as Kind>::IMPLIED.contains(&name),)+
                _ => false,
            }
        }
    };
}

kinds! {
    /// APIs of API Gateway.
    api: compute::api::ApiSpec => compute::api::ApiVerbs;
    /// S3 buckets.
    bucket: data::bucket::BucketSpec => data::bucket::BucketVerbs;
    /// Limits of what the platform may cost.
    budget: observability::budget::BudgetSpec;
    /// Valkey and Redis caches.
    cache: data::cache::CacheSpec => data::cache::CacheVerbs;
    /// Distributions of CloudFront.
    cdn: data::cdn::CdnSpec;
    /// Aurora databases.
    database: data::database::DatabaseSpec => data::database::DatabaseVerbs;
    /// Senders of mail.
    email: messaging::email::EmailSpec => messaging::email::EmailVerbs;
    /// Event buses.
    event_bus: messaging::event_bus::EventBusSpec => messaging::event_bus::EventBusVerbs;
    /// What stands outside the platform.
    external: network::external::ExternalSpec => network::external::ExternalVerbs;
    /// Web ACLs of AWS WAF.
    firewall: network::firewall::FirewallSpec;
    /// Lambda functions.
    function: compute::function::FunctionSpec => compute::function::FunctionVerbs;
    /// Tasks that run once, or on a schedule.
    job: compute::job::JobSpec;
    /// Keys at KMS for the application's own use.
    key: data::app_key::KeySpec => data::app_key::KeyVerbs;
    /// Load balancers.
    load_balancer: compute::load_balancer::LoadBalancerSpec;
    /// Queues.
    queue: messaging::queue::QueueSpec => messaging::queue::QueueVerbs;
    /// Secrets whose value is put in by hand or by another tool.
    secret: data::secret::SecretSpec => data::secret::SecretVerbs;
    /// Long-running containers.
    service: compute::service::ServiceSpec => compute::service::ServiceVerbs;
    /// Data streams of Kinesis.
    stream: messaging::stream::StreamSpec => messaging::stream::StreamVerbs;
    /// DynamoDB tables.
    table: data::table::TableSpec => data::table::TableVerbs;
    /// Topics.
    topic: messaging::topic::TopicSpec => messaging::topic::TopicVerbs;
    /// User pools of Cognito.
    user_pool: auth::user_pool::UserPoolSpec => auth::user_pool::UserPoolVerbs;
    /// File systems that tasks and functions share.
    volume: data::volume::VolumeSpec => data::volume::VolumeVerbs;
    /// State machines of Step Functions.
    workflow: compute::workflow::WorkflowSpec => compute::workflow::WorkflowVerbs;
}

/// The name of something that is used; the section that it stands in is its kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TargetName(pub Name);

impl Key for TargetName {
    const PATTERN: Option<&'static str> = <Name as Key>::PATTERN;

    fn from_key(text: &str) -> Result<Self, &'static str> {
        Name::from_key(text).map(Self)
    }

    fn mention(&self, reader: &mut Reader) {
        use platgen_source::diagnostics::Step;
        if let [.., Step::Key(kind), Step::Key(name)] = reader.path().clone().steps() {
            reader.mention_in_key(kind, name);
        }
    }
}

fn resolve_all<K: Kind>(
    specs: &Things<K>,
    resolving: &mut Resolving<'_>,
) -> BTreeMap<Name, K::Thing> {
    specs
        .iter()
        .map(|(name, spec)| (name.clone(), spec.resolve(ThingId::new(K::KIND, name), resolving)))
        .collect()
}
