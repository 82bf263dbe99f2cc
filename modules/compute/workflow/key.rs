//! The customer key of workflows: what executions know is encrypted under it, beside the encryption that
//! Step Functions has of its own
//! (<https://docs.aws.amazon.com/step-functions/latest/dg/encryption-at-rest.html>).
//!
//! One key for all workflows: each role can use it for its own state machine alone, and those who start
//! or answer executions only through Step Functions.
use crate::aws;
use crate::compute::MODULE;
use crate::connect::iam::{Arn, PolicyPlace, Principal, Statement};
use crate::connect::matrix::On;
use crate::kms::customer_key;
use crate::platform::Platform;
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Handle, Value, block};

/// The file of the key.
const FILE: &str = "workflow_key";
/// The name of its resources.
const NAME: &str = "workflows";
/// Seconds for which Step Functions reuses a data key: the longest time that it takes
/// (<https://docs.aws.amazon.com/step-functions/latest/apireference/API_EncryptionConfiguration.html>).
const REUSE_SECONDS: i64 = 900;

/// The ARN of the key.
pub fn arn() -> Value {
    Handle::new(MODULE, Address::managed("aws_kms_key", NAME)).get("arn")
}

/// The encryption of a state machine.
pub fn encryption() -> Value {
    block! {
        type: "CUSTOMER_MANAGED_KMS_KEY",
        kms_key_id: arn(),
        kms_data_key_reuse_period_seconds: REUSE_SECONDS,
    }
}

/// The key, for the executions of one state machine alone.
pub fn for_executions_of(state_machine: Value) -> On {
    let context = "kms:EncryptionContext:aws:states:stateMachineArn";
    On::from(arn()).when("StringEquals", context, [state_machine])
}

/// Puts the key into a document, if there are workflows. The service that writes the logs reads what it
/// writes.
pub fn lower(platform: &Platform, out: &mut Document) {
    if platform.things.workflow.is_empty() {
        return;
    }
    let cause = SpecPath::of(["workflow"]);
    let account = aws::account(out, MODULE);
    let deliveries = Statement::allow(&["kms:Decrypt"], vec![Arn::any()])
        .to(Principal::Service(Value::from("delivery.logs.amazonaws.com")))
        .when("StringEquals", "aws:SourceAccount", [account]);
    let place = PolicyPlace { module: MODULE, file: FILE, name: "workflows_key", cause: &cause };
    customer_key(platform, out, &place, NAME, vec![deliveries]);
}
