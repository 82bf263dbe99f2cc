//! Application Auto Scaling: a number that follows a load
//! (<https://docs.aws.amazon.com/autoscaling/application/userguide/what-is-application-auto-scaling.html>).
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Document, Handle, ResourceBuilder, Value, block};

/// A number that is kept between two bounds.
pub struct ScalableTarget<'a> {
    /// The module.
    pub module: &'static str,
    /// The file, without ending.
    pub file: &'a str,
    /// The name of the resource.
    pub name: &'a str,
    /// The service that it is a number of: `ecs`.
    pub namespace: &'static str,
    /// What is counted: `ecs:service:DesiredCount`.
    pub dimension: &'static str,
    /// Of what it is counted: `service/<cluster>/<name>`.
    pub resource: Value,
    /// The least.
    pub min: i64,
    /// The most.
    pub max: i64,
    /// What must exist before, beyond what the references say.
    pub after: Option<Handle>,
    /// The line of the spec that causes it.
    pub cause: &'a SpecPath,
}

/// A measure that the number follows.
pub struct TargetTracking {
    /// The name of the resource.
    pub name: String,
    /// The name at AWS.
    pub aws_name: String,
    /// The value to keep, the measure, and more.
    pub configuration: Value,
    /// The line of the spec that causes it.
    pub cause: SpecPath,
}

/// Puts a number and what it follows into a document.
pub fn lower(out: &mut Document, number: &ScalableTarget<'_>, follows: &[TargetTracking]) {
    let arguments = block! {
        service_namespace: number.namespace,
        scalable_dimension: number.dimension,
        resource_id: &number.resource,
        min_capacity: number.min,
        max_capacity: number.max,
    };
    let mut file = out.module(number.module).file(number.file);
    let target = file.resource("aws_appautoscaling_target", number.name, arguments);
    let target = number.after.iter().fold(target, ResourceBuilder::depends_on);
    let target = target.cause(number.cause).add();
    for tracking in follows {
        let arguments = block! {
            name: &tracking.aws_name,
            policy_type: "TargetTrackingScaling",
            service_namespace: target.get("service_namespace"),
            scalable_dimension: target.get("scalable_dimension"),
            resource_id: target.get("resource_id"),
            target_tracking_scaling_policy_configuration: &tracking.configuration,
        };
        file.resource("aws_appautoscaling_policy", &tracking.name, arguments)
            .cause(&tracking.cause)
            .add();
    }
}
