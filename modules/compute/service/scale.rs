//! How many tasks of a service run, and what changes their number.
use super::Service;
use super::route::{Entry, Route};
use crate::compute::{MODULE, cluster};
use crate::kind::{Resolving, Thing};
use crate::platform::Platform;
use crate::scaling::{self, ScalableTarget, TargetTracking};
use platgen_source::diagnostics::{Diagnostic, SpecPath, code};
use platgen_source::{Count, Percent, Read};
use platgen_terraform::{Document, Value, block, template};

/// Seconds after fewer tasks before there may be fewer again.
const SCALE_IN_COOLDOWN: i64 = 300;
/// Seconds after more tasks before there may be more again.
const SCALE_OUT_COOLDOWN: i64 = 60;

/// How many tasks run.
#[derive(Clone, Debug, Default, Read)]
pub struct ScaleSpec {
    /// The least tasks. By default 2, in development 1, and never more than `max`.
    pub min: Option<Count<0, 5000>>,
    /// The most tasks. By default twice `min`; in development as many as `min`, unless a target is
    /// set.
    pub max: Option<Count<1, 5000>>,
    /// The share of CPU to aim at, in percent. By default 60, if no target is set.
    pub cpu: Option<Percent>,
    /// The share of memory to aim at, in percent. By default 70, if no target is set.
    pub memory: Option<Percent>,
    /// Requests a minute for each task to aim at. Needs a route on an application load balancer; of
    /// several the first by its name is counted.
    pub requests: Option<Count<1, 1_000_000>>,
    /// So many tasks run on Fargate; those above run on Fargate Spot, which is cheaper and may be
    /// stopped. By default all run on Fargate.
    pub spot_above: Option<Count<0, 5000>>,
}

/// How many tasks run, decided.
#[derive(Debug)]
pub struct Scale {
    place: SpecPath,
    /// The least tasks.
    pub min: i64,
    max: i64,
    targets: Vec<ScaleTarget>,
    /// Tasks above this number run on Fargate Spot.
    spot_above: Option<i64>,
}

/// A number to aim at.
#[derive(Debug)]
struct ScaleTarget {
    measure: Measure,
    value: i64,
}

/// What is measured, as Application Auto Scaling offers it
/// (<https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    Cpu,
    Memory,
    Requests,
}

impl Measure {
    fn word(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "memory",
            Self::Requests => "requests",
        }
    }

    fn aws_word(self) -> &'static str {
        match self {
            Self::Cpu => "ECSServiceAverageCPUUtilization",
            Self::Memory => "ECSServiceAverageMemoryUtilization",
            Self::Requests => "ALBRequestCountPerTarget",
        }
    }
}

impl Scale {
    /// Decides how many tasks of the service at a path run.
    pub fn resolve(
        spec: Option<&ScaleSpec>,
        service: &SpecPath,
        resolving: &mut Resolving<'_>,
    ) -> Self {
        let place = service.key("scale");
        let nothing = ScaleSpec::default();
        let spec = spec.unwrap_or(&nothing);
        let said = said_targets(spec);
        let most = spec.max.map(Count::get);
        let least = resolving.head.by_profile(2, 1).min(most.unwrap_or(i64::MAX));
        let min = spec.min.map_or(least, Count::get);
        let grows = resolving.head.is_production() || !said.is_empty();
        let max = most.unwrap_or(if grows { (2 * min).max(1) } else { min.max(1) });
        if min > max {
            let message = format!("at least {min} and at most {max} tasks cannot be");
            resolving.find(&code::IMPOSSIBLE, &place.key("min"), message);
        }
        let targets = if said.is_empty() { default_targets() } else { said };
        Self { place, min, max, targets, spot_above: spec.spot_above.map(Count::get) }
    }

    /// Whether the number of tasks changes by itself.
    pub fn changes(&self) -> bool {
        self.max > self.min
    }

    /// Which capacity runs the tasks
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html>).
    pub fn capacity(&self) -> Value {
        let provider = |name: &str, base: i64, weight: i64| {
            block! { capacity_provider: name, base: base, weight: weight }
        };
        match self.spot_above {
            None => Value::from(vec![provider("FARGATE", 0, 1)]),
            Some(base) => {
                Value::from(vec![provider("FARGATE", base, 0), provider("FARGATE_SPOT", 0, 1)])
            }
        }
    }

    /// Finds a target that nothing measures.
    pub fn check(&self, service: &Service) -> Option<Diagnostic> {
        let wants = self.targets.iter().any(|target| target.measure == Measure::Requests);
        let has = service.routes().iter().any(is_rule);
        (wants && !has).then(|| {
            let message = "requests are counted by an application load balancer, and no route of \
                           one leads here";
            let help = "add a route, or aim at `cpu` or `memory`";
            Diagnostic::at(&code::CONFLICT, &self.place.key("requests"), message).help(help)
        })
    }

    /// Puts what changes the number of tasks into a document.
    pub fn lower(&self, service: &Service, platform: &Platform, out: &mut Document) {
        if !self.changes() {
            return;
        }
        let number = ScalableTarget {
            module: MODULE,
            file: &service.id().file(),
            name: &service.id().local(&[]),
            namespace: "ecs",
            dimension: "ecs:service:DesiredCount",
            resource: template![
                "service/",
                cluster::handle().get("name"),
                "/",
                service.handle().get("name")
            ],
            min: self.min,
            max: self.max,
            after: None,
            cause: &self.place,
        };
        let targets = self.targets.iter();
        let follows: Vec<_> =
            targets.map(|target| self.tracking(target, service, platform)).collect();
        scaling::lower(out, &number, &follows);
    }

    fn tracking(
        &self,
        target: &ScaleTarget,
        service: &Service,
        platform: &Platform,
    ) -> TargetTracking {
        let word = target.measure.word();
        let configuration = block! {
            target_value: target.value,
            scale_in_cooldown: SCALE_IN_COOLDOWN,
            scale_out_cooldown: SCALE_OUT_COOLDOWN,
            predefined_metric_specification: block! {
                predefined_metric_type: target.measure.aws_word(),
                resource_label: target.measure.label(service, platform),
            },
        };
        TargetTracking {
            name: service.id().local(&[word]),
            aws_name: format!("{}-{word}", service.aws_name),
            configuration,
            cause: self.place.key(word),
        }
    }
}

impl Measure {
    /// Which target group of which load balancer counts, for what is counted there.
    fn label(self, service: &Service, platform: &Platform) -> Option<Value> {
        let route = service.routes().iter().find(|route| is_rule(route))?;
        let balancer = platform.things.load_balancer.get(&route.balancer().name)?;
        let (balancer, group) = (balancer.handle(), route.target_group());
        (self == Self::Requests)
            .then(|| template![balancer.get("arn_suffix"), "/", group.get("arn_suffix")])
    }
}

fn is_rule(route: &Route) -> bool {
    matches!(route.entry(), Entry::Rule { .. })
}

fn said_targets(spec: &ScaleSpec) -> Vec<ScaleTarget> {
    let said = [
        (Measure::Cpu, spec.cpu.map(Count::get)),
        (Measure::Memory, spec.memory.map(Count::get)),
        (Measure::Requests, spec.requests.map(Count::get)),
    ];
    let target = |(measure, value): (Measure, Option<i64>)| {
        value.map(|value| ScaleTarget { measure, value })
    };
    said.into_iter().filter_map(target).collect()
}

fn default_targets() -> Vec<ScaleTarget> {
    vec![
        ScaleTarget { measure: Measure::Cpu, value: 60 },
        ScaleTarget { measure: Measure::Memory, value: 70 },
    ]
}
