//! What a distribution writes about its requests: into the platform's log bucket, by the log
//! deliveries of CloudWatch, which stand in us-east-1 for CloudFront
//! (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html>).
use super::Cdn;
use crate::data::{MODULE, log_bucket};
use crate::names::fit;
use platgen_terraform::{Document, block, template};

/// The longest name of a delivery's source and of its destination
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html>).
const LONGEST_NAME: usize = 60;

impl Cdn {
    /// Puts the delivery of the access logs into a document.
    pub(super) fn lower_logs(&self, out: &mut Document) {
        if !self.access_logs {
            return;
        }
        let (local, path) = (self.id.local(&[]), self.id.path().key("access_logs"));
        let name = fit(&self.aws_name, LONGEST_NAME);
        let mut file = out.module(MODULE).file(&self.id.file());
        let arguments = block! {
            name: &name,
            log_type: "ACCESS_LOGS",
            resource_arn: self.handle().get("arn"),
        };
        let source = file
            .resource("aws_cloudwatch_log_delivery_source", &local, arguments)
            .us_east_1()
            .cause(&path)
            .add();
        let bucket = template![
            log_bucket::arn_when_ready(),
            format!("/{}/{}", log_bucket::DISTRIBUTION_PREFIX, self.id.name)
        ];
        let arguments = block! {
            name: &name,
            output_format: "json",
            delivery_destination_configuration: block! { destination_resource_arn: bucket },
        };
        let destination = file
            .resource("aws_cloudwatch_log_delivery_destination", &local, arguments)
            .us_east_1()
            .cause(&path)
            .add();
        let arguments = block! {
            delivery_source_name: source.get("name"),
            delivery_destination_arn: destination.get("arn"),
        };
        file.resource("aws_cloudwatch_log_delivery", &local, arguments)
            .us_east_1()
            .cause(&path)
            .add();
    }
}
