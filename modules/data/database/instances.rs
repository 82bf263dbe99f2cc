//! The instances of a database: one writer, the readers, their monitoring and their number.
use super::{Database, Scale, WRITER};
use crate::aws;
use crate::connect::iam::{self, PolicyPlace, Role};
use crate::data::MODULE;
use crate::names::fit;
use crate::platform::Platform;
use crate::scaling::{self, ScalableTarget, TargetTracking};
use platgen_terraform::{Document, Handle, Value, block, template};

/// The longest identifier of an instance
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html>).
const LONGEST_NAME: usize = 63;

/// The policy that AWS keeps for enhanced monitoring
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_Monitoring.OS.Enabling.html>).
const MONITORING_POLICY: &str = "policy/service-role/AmazonRDSEnhancedMonitoringRole";

/// The kinds of load that readers follow
/// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Integrating.AutoScaling.html>).
const CPU: &str = "RDSReaderAverageCPUUtilization";
const CONNECTIONS: &str = "RDSReaderAverageDatabaseConnections";

/// The role that measures instances, and what gives it its rights.
struct Monitor {
    role: Handle,
    rights: Handle,
}

/// One instance.
struct Instance<'a> {
    /// What it is called among the instances: `writer`, `reader-1`.
    name: &'a str,
    /// The order in which instances take over when the writer fails, from 0 to 15
    /// (<https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html>).
    promotion_tier: i64,
}

/// Puts the instances of a database into a document.
pub(super) fn lower(
    database: &Database,
    subnet_group: &Handle,
    platform: &Platform,
    out: &mut Document,
) {
    let monitor = (database.monitoring_seconds > 0).then(|| monitor(database, platform, out));
    let mut put = |instance: &Instance<'_>, after: Option<&Handle>| {
        let arguments = arguments(database, instance, subnet_group, monitor.as_ref(), platform);
        let mut file = out.module(MODULE).file(&database.id.file());
        let name = database.id.local(&[instance.name]);
        let mut resource = file.resource("aws_rds_cluster_instance", &name, arguments);
        for before in after.into_iter().chain(monitor.as_ref().map(|monitor| &monitor.rights)) {
            resource = resource.depends_on(before);
        }
        resource.cause(&database.id.path()).add()
    };
    // The first instance of a cluster becomes its writer, so the readers wait for it.
    let writer = put(&Instance { name: WRITER, promotion_tier: 0 }, None);
    for number in 1..=database.readers {
        let name = format!("reader-{number}");
        put(&Instance { name: &name, promotion_tier: number }, Some(&writer));
    }
    if let Some(scale) = &database.scale {
        lower_scaling(database, scale, &writer, out);
    }
}

/// The engine's version is the cluster's; an instance that says it again fights with upgrades.
fn arguments(
    database: &Database,
    instance: &Instance<'_>,
    subnet_group: &Handle,
    monitor: Option<&Monitor>,
    platform: &Platform,
) -> Value {
    let cluster = database.cluster();
    block! {
        identifier: fit(&format!("{}-{}", database.aws_name, instance.name), LONGEST_NAME),
        cluster_identifier: cluster.get("id"),
        engine: cluster.get("engine"),
        instance_class: &database.instance,
        db_subnet_group_name: subnet_group.get("name"),
        promotion_tier: instance.promotion_tier,
        publicly_accessible: false,
        auto_minor_version_upgrade: database.minor_upgrades,
        preferred_maintenance_window: &database.windows.maintenance,
        copy_tags_to_snapshot: true,
        apply_immediately: !platform.head.is_production(),
        monitoring_interval: database.monitoring_seconds,
        monitoring_role_arn: monitor.map(|monitor| monitor.role.get("arn")),
    }
}

fn monitor(database: &Database, platform: &Platform, out: &mut Document) -> Monitor {
    let head = &platform.head;
    let (file, cause) = (database.id.file(), database.id.path().key("monitoring"));
    let name = database.id.part(&["monitoring"]);
    let source = aws::arn(out, MODULE, "rds", &head.region, "db:*");
    let role = iam::role(
        out,
        &Role {
            place: PolicyPlace { module: MODULE, file: &file, name: &name, cause: &cause },
            aws_name: head.prefix.full(&["database", database.id.name.as_str(), "monitoring"]),
            service: "monitoring.rds.amazonaws.com",
            source: Some(source),
        },
    );
    let partition = aws::partition(out, MODULE);
    let arguments = block! {
        role: role.get("name"),
        policy_arn: template!["arn:", partition, format!(":iam::aws:{MONITORING_POLICY}")],
    };
    let mut place = out.module(MODULE).file(&file);
    let rights = place.resource("aws_iam_role_policy_attachment", &name, arguments);
    Monitor { role, rights: rights.cause(&cause).add() }
}

/// The cluster takes readers only once it has a writer. Readers that are added so are not in the
/// state.
fn lower_scaling(database: &Database, scale: &Scale, writer: &Handle, out: &mut Document) {
    let cause = database.id.path().key("scale");
    let number = ScalableTarget {
        module: MODULE,
        file: &database.id.file(),
        name: &database.id.local(&["readers"]),
        namespace: "rds",
        dimension: "rds:cluster:ReadReplicaCount",
        resource: template!["cluster:", database.cluster().get("id")],
        min: scale.min,
        max: scale.max,
        after: Some(writer.clone()),
        cause: &cause,
    };
    let tracking = |(word, metric, value): (&str, &str, Option<i64>)| {
        let configuration = block! {
            target_value: value?,
            predefined_metric_specification: block! { predefined_metric_type: metric },
        };
        Some(TargetTracking {
            name: database.id.local(&["readers", word]),
            aws_name: format!("{}-{word}", database.aws_name),
            configuration,
            cause: cause.clone(),
        })
    };
    let loads = [("cpu", CPU, scale.cpu), ("connections", CONNECTIONS, scale.connections)];
    let follows: Vec<_> = loads.into_iter().filter_map(tracking).collect();
    scaling::lower(out, &number, &follows);
}
