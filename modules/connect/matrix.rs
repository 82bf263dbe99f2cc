//! The matrix: what every way to use a thing allows at IAM, and which way out of the network it opens.
//!
//! A row is one way: the kind that is used, and the verb of `uses` or what else makes the edge. Its
//! rights name types of resources, as the Service Authorization Reference does
//! (<https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>);
//! the room of the kind says which resources of a thing they are, and what narrows them there. What a
//! thing decides itself, its ports and what its variables hold, stands in its room.
//! `docs/connections.md` shows all of it together, made from what comes out.
mod give;
#[cfg(test)]
mod tests;

pub use give::{On, rights};

use super::Reach;
use Reach::{Gateway, Interface, Internet};

/// What stands in a row for AWS itself, where no thing of the spec is used.
pub const AWS: &str = "AWS";

/// One way to use a thing.
#[derive(Debug)]
pub struct Row {
    /// The kind of thing, or [`AWS`].
    pub to: &'static str,
    /// What makes the edge: a verb of `uses`, with what is different where it says more; `on`, by which
    /// the thing feeds a function; `start`, by which a schedule, an event or a state starts the thing;
    /// or a need of its own.
    pub by: &'static str,
    /// What IAM allows.
    pub rights: &'static [Right],
    /// The ways to AWS APIs, and out.
    pub ways: &'static [Reach],
}

/// What IAM allows on some resources.
#[derive(Debug)]
pub struct Right {
    /// Who gets it.
    pub holder: Holder,
    /// The actions, `s3:GetObject`.
    pub actions: &'static [&'static str],
    /// The types of the resources, `s3:object`; `*` for actions that take none.
    pub on: &'static [&'static str],
    /// The service that uses a key in the name of the holder. The key is of no other use to it then.
    pub via: Option<&'static str>,
    /// The operator, key and value of a condition that holds for every thing of the kind.
    pub when: Option<[&'static str; 3]>,
}

/// Who gets a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The code that runs.
    Code,
    /// What starts the code: the execution role of a task.
    Starter,
}

impl Row {
    /// The row of one way to use a thing of a kind.
    pub fn find(to: &str, by: &str) -> Option<&'static Self> {
        MATRIX.iter().find(|row| row.to == to && row.by == by)
    }
}

/// Writes rows as a table: `may` is a right of the code, `starter` one of what starts it.
macro_rules! matrix {
    ($($to:literal $by:literal [$($way:expr),*]
        $($holder:ident $($action:literal)+ on $($on:literal)+
            $(via $service:literal)? $(when $test:literal $key:literal $value:literal)?),*;)+) => {
        &[$(Row {
            to: $to,
            by: $by,
            rights: &[$(Right {
                holder: matrix!(@holder $holder),
                actions: &[$($action),+],
                on: &[$($on),+],
                via: matrix!(@optional $($service)?),
                when: matrix!(@optional $([$test, $key, $value])?),
            }),*],
            ways: &[$($way),*],
        }),+]
    };
    (@holder may) => { Holder::Code };
    (@holder starter) => { Holder::Starter };
    (@optional) => { None };
    (@optional $value:expr) => { Some($value) };
}

/// Every way, kind by kind.
pub const MATRIX: &[Row] = matrix! {
    // What a task needs to start, and to be looked into
    // (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html). The
    // layers of an image come from S3.
    "AWS" "image" [Interface("ecr.api"), Interface("ecr.dkr"), Gateway("s3")]
        starter "ecr:GetAuthorizationToken" on "*",
        starter "ecr:BatchCheckLayerAvailability" "ecr:BatchGetImage" "ecr:GetDownloadUrlForLayer"
            on "ecr:repository";
    "AWS" "public image" [Internet(Some(443))];
    "AWS" "task logs" [Interface("logs")]
        starter "logs:CreateLogStream" "logs:PutLogEvents" on "logs:log-stream";
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    "AWS" "exec" [Interface("ssmmessages")]
        may "ssmmessages:CreateControlChannel" "ssmmessages:CreateDataChannel"
            "ssmmessages:OpenControlChannel" "ssmmessages:OpenDataChannel" on "*",
        may "logs:DescribeLogGroups" on "*",
        may "logs:CreateLogStream" "logs:PutLogEvents" on "logs:log-stream",
        may "logs:DescribeLogStreams" on "logs:log-group",
        may "kms:Decrypt" on "kms:key";

    // What Lambda does in the name of a function, by ways of its own
    // (https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html).
    "AWS" "function logs" []
        may "logs:CreateLogStream" "logs:PutLogEvents" on "logs:log-stream";
    "AWS" "function tracing" []
        may "xray:PutTelemetryRecords" "xray:PutTraceSegments" on "*";
    "AWS" "function failures" []
        may "sqs:SendMessage" on "sqs:queue",
        may "kms:Decrypt" "kms:GenerateDataKey" on "kms:key" via "sqs";

    // What Step Functions does in the name of a workflow. Deliveries of logs have no resources of their
    // own (https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html), and X-Ray has none
    // (https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html).
    "AWS" "workflow encryption" []
        may "kms:Decrypt" "kms:GenerateDataKey" on "kms:key";
    "AWS" "workflow logs" []
        may "logs:CreateLogDelivery" "logs:DeleteLogDelivery" "logs:DescribeLogGroups"
            "logs:DescribeResourcePolicies" "logs:GetLogDelivery" "logs:ListLogDeliveries"
            "logs:PutResourcePolicy" "logs:UpdateLogDelivery" on "*";
    "AWS" "workflow tracing" []
        may "xray:GetSamplingRules" "xray:GetSamplingTargets" "xray:PutTelemetryRecords"
            "xray:PutTraceSegments" on "*";

    // Over the internet: an endpoint for calls in the VPC would take the names of all APIs of the
    // region, the public ones among them
    // (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-api-create.html).
    "api" "call" [Internet(Some(443))]
        may "execute-api:Invoke" on "execute-api:execute-api-general";

    // Without the right to list, a missing object answers 403. The parts of an upload are decrypted
    // again when it is completed
    // (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html).
    "bucket" "read" [Gateway("s3")]
        may "s3:GetObject" on "s3:object",
        may "s3:ListBucket" on "s3:bucket",
        may "kms:Decrypt" on "kms:key" via "s3";
    "bucket" "write" [Gateway("s3")]
        may "s3:AbortMultipartUpload" "s3:ListMultipartUploadParts" "s3:PutObject" on "s3:object",
        may "kms:Decrypt" "kms:GenerateDataKey" on "kms:key" via "s3";
    "bucket" "delete" [Gateway("s3")]
        may "s3:DeleteObject" on "s3:object";

    // Logging in by IAM; without it the port is all.
    "cache" "connect" []
        may "elasticache:Connect" on "elasticache:replicationgroup" "elasticache:user";

    // The administrator's secret, or a login by IAM
    // (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html).
    // The Data API reads the secret in the name of the caller, who needs no way to it
    // (https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html).
    "database" "connect" [Interface("secretsmanager")]
        may "secretsmanager:DescribeSecret" "secretsmanager:GetSecretValue"
            on "secretsmanager:Secret",
        may "kms:Decrypt" on "kms:key" via "secretsmanager";
    "database" "connect injected" [Interface("secretsmanager")]
        starter "secretsmanager:GetSecretValue" on "secretsmanager:Secret",
        starter "kms:Decrypt" on "kms:key" via "secretsmanager";
    "database" "connect by user" []
        may "rds-db:connect" on "rds-db:db-user";
    "database" "query" [Interface("rds-data")]
        may "rds-data:BatchExecuteStatement" "rds-data:BeginTransaction"
            "rds-data:CommitTransaction" "rds-data:ExecuteStatement" "rds-data:RollbackTransaction"
            on "rds-data:cluster",
        may "secretsmanager:GetSecretValue" on "secretsmanager:Secret",
        may "kms:Decrypt" on "kms:key" via "secretsmanager";
    "database" "proxy" []
        may "secretsmanager:GetSecretValue" on "secretsmanager:Secret",
        may "kms:Decrypt" on "kms:key" via "secretsmanager";

    // Every ARN that a message touches must be allowed, and a message of a template is checked as both
    // actions (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonses.html,
    // https://docs.aws.amazon.com/ses/latest/dg/control-user-access.html). AWS does not check the
    // sender of `SendBulkEmail`.
    "email" "send" [Interface("email")]
        may "ses:SendEmail" on "ses:configuration-set" "ses:identity";
    "email" "send raw" []
        may "ses:SendRawEmail" on "ses:configuration-set" "ses:identity";
    "email" "send template" []
        may "ses:SendEmail" "ses:SendTemplatedEmail"
            on "ses:configuration-set" "ses:identity" "ses:template";
    "email" "send bulk" []
        may "ses:SendBulkTemplatedEmail" on "ses:configuration-set" "ses:identity" "ses:template";
    "email" "send bulk unchecked" []
        may "ses:SendBulkEmail" on "ses:configuration-set" "ses:identity" "ses:template";

    "event_bus" "publish" [Interface("events")]
        may "events:PutEvents" on "events:event-bus";

    "external" "connect" [];

    // A call by URL needs the right to the URL and to the function
    // (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html), and no endpoint in the network
    // leads to URLs.
    "function" "invoke" [Interface("lambda")]
        may "lambda:InvokeFunction" on "lambda:function";
    "function" "url" [Internet(Some(443))]
        may "lambda:InvokeFunctionUrl" on "lambda:function"
            when "StringEquals" "lambda:FunctionUrlAuthType" "AWS_IAM",
        may "lambda:InvokeFunction" on "lambda:function"
            when "Bool" "lambda:InvokedViaFunctionUrl" "true";
    "function" "start" []
        may "lambda:InvokeFunction" on "lambda:function";

    // Its roles are handed to ECS alone
    // (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/CWE_IAM_role.html). Who waits hears
    // of the end, and stops it when it takes too long
    // (https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html).
    "job" "start" []
        may "ecs:RunTask" on "ecs:task-definition",
        may "iam:PassRole" on "iam:role"
            when "StringEquals" "iam:PassedToService" "ecs-tasks.amazonaws.com",
        may "ecs:TagResource" on "ecs:task" when "StringEquals" "ecs:CreateAction" "RunTask";
    "job" "start with retries" []
        may "states:StartExecution" on "states:statemachine";
    "job" "wait" []
        may "ecs:DescribeTasks" "ecs:StopTask" on "ecs:task",
        may "events:DescribeRule" "events:PutRule" "events:PutTargets"
            on "events:rule-on-default-event-bus";

    // The holder uses the key itself, so no service stands between them. Every verb finds out what the
    // key is, and those of a pair can read its public half
    // (https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html).
    "key" "encrypt" [Interface("kms")]
        may "kms:DescribeKey" "kms:Encrypt" "kms:GenerateDataKey"
            "kms:GenerateDataKeyWithoutPlaintext" on "kms:key";
    "key" "decrypt" [Interface("kms")]
        may "kms:Decrypt" "kms:DescribeKey" on "kms:key";
    "key" "sign" [Interface("kms")]
        may "kms:DescribeKey" "kms:GetPublicKey" "kms:Sign" on "kms:key";
    "key" "verify" [Interface("kms")]
        may "kms:DescribeKey" "kms:GetPublicKey" "kms:Verify" on "kms:key";

    // Who puts a message in uses the key for both
    // (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html).
    // SQS moves dead letters by the rights of who asks for it
    // (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html),
    // and Lambda takes messages out by those of the function
    // (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html).
    "queue" "send" [Interface("sqs")]
        may "sqs:GetQueueUrl" "sqs:SendMessage" on "sqs:queue",
        may "kms:Decrypt" "kms:GenerateDataKey" on "kms:key" via "sqs";
    "queue" "receive" [Interface("sqs")]
        may "sqs:GetQueueUrl" "sqs:ChangeMessageVisibility" "sqs:DeleteMessage"
            "sqs:GetQueueAttributes" "sqs:ReceiveMessage" on "sqs:queue",
        may "kms:Decrypt" on "kms:key" via "sqs";
    "queue" "purge" [Interface("sqs")]
        may "sqs:GetQueueUrl" "sqs:PurgeQueue" on "sqs:queue";
    "queue" "redrive" [Interface("sqs")]
        may "sqs:SendMessage" on "sqs:queue",
        may "kms:Decrypt" "kms:GenerateDataKey" on "kms:key" via "sqs";
    "queue" "redrive from" []
        may "sqs:CancelMessageMoveTask" "sqs:DeleteMessage" "sqs:GetQueueAttributes"
            "sqs:ListMessageMoveTasks" "sqs:ReceiveMessage" "sqs:StartMessageMoveTask"
            on "sqs:queue";
    "queue" "on" []
        may "sqs:ChangeMessageVisibility" "sqs:DeleteMessage" "sqs:GetQueueAttributes"
            "sqs:ReceiveMessage" on "sqs:queue",
        may "kms:Decrypt" on "kms:key" via "sqs";
    "queue" "start" []
        may "sqs:SendMessage" on "sqs:queue",
        may "kms:Decrypt" "kms:GenerateDataKey" on "kms:key" via "sqs";

    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html,
    // https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
    "secret" "read" [Interface("secretsmanager")]
        may "secretsmanager:DescribeSecret" "secretsmanager:GetSecretValue"
            on "secretsmanager:Secret",
        may "kms:Decrypt" on "kms:key" via "secretsmanager";
    "secret" "read injected" [Interface("secretsmanager")]
        starter "secretsmanager:GetSecretValue" on "secretsmanager:Secret",
        starter "kms:Decrypt" on "kms:key" via "secretsmanager";
    "secret" "write" [Interface("secretsmanager")]
        may "secretsmanager:DescribeSecret" "secretsmanager:PutSecretValue"
            on "secretsmanager:Secret",
        may "kms:Decrypt" "kms:GenerateDataKey" on "kms:key" via "secretsmanager";
    "secret" "rotation" [Interface("secretsmanager")]
        may "secretsmanager:DescribeSecret" "secretsmanager:GetSecretValue"
            "secretsmanager:PutSecretValue" "secretsmanager:UpdateSecretVersionStage"
            on "secretsmanager:Secret",
        may "kms:Decrypt" "kms:GenerateDataKey" on "kms:key" via "secretsmanager",
        may "secretsmanager:GetRandomPassword" on "*";

    "service" "connect" [];

    // Finding the shards is part of both. Records are encrypted in the name of who puts them in, and
    // decrypted in that of the reader
    // (https://docs.aws.amazon.com/streams/latest/dev/controlling-access.html,
    // https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html,
    // https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-create.html).
    "stream" "read" [Interface("kinesis-streams")]
        may "kinesis:DescribeStream" "kinesis:DescribeStreamSummary" "kinesis:GetRecords"
            "kinesis:GetShardIterator" "kinesis:ListShards" on "kinesis:stream",
        may "kms:Decrypt" on "kms:key" via "kinesis";
    "stream" "write" [Interface("kinesis-streams")]
        may "kinesis:DescribeStreamSummary" "kinesis:ListShards" "kinesis:PutRecord"
            "kinesis:PutRecords" on "kinesis:stream",
        may "kms:GenerateDataKey" on "kms:key" via "kinesis";
    "stream" "on" []
        may "kinesis:DescribeStream" "kinesis:DescribeStreamSummary" "kinesis:GetRecords"
            "kinesis:GetShardIterator" "kinesis:ListShards" on "kinesis:stream",
        may "kms:Decrypt" on "kms:key" via "kinesis",
        may "kinesis:ListStreams" on "*";
    "stream" "start" []
        may "kinesis:PutRecord" on "kinesis:stream",
        may "kms:GenerateDataKey" on "kms:key" via "kinesis";

    // The key of the table is used in the name of the caller, for reads and writes alike. A batch may
    // hold puts and deletes, so it needs both verbs. Streams are listed for the whole account, or not at
    // all (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html).
    "table" "read" [Gateway("dynamodb")]
        may "dynamodb:BatchGetItem" "dynamodb:ConditionCheckItem" "dynamodb:DescribeTable"
            "dynamodb:GetItem" "dynamodb:Query" on "dynamodb:table",
        may "dynamodb:Query" on "dynamodb:index",
        may "kms:Decrypt" on "kms:key" via "dynamodb";
    "table" "scan" [Gateway("dynamodb")]
        may "dynamodb:Scan" on "dynamodb:table",
        may "dynamodb:Scan" on "dynamodb:index",
        may "kms:Decrypt" on "kms:key" via "dynamodb";
    "table" "write" [Gateway("dynamodb")]
        may "dynamodb:PutItem" "dynamodb:UpdateItem" on "dynamodb:table",
        may "kms:Decrypt" on "kms:key" via "dynamodb";
    "table" "delete" [Gateway("dynamodb")]
        may "dynamodb:DeleteItem" on "dynamodb:table",
        may "kms:Decrypt" on "kms:key" via "dynamodb";
    "table" "write and delete" []
        may "dynamodb:BatchWriteItem" on "dynamodb:table";
    "table" "stream" [Interface("dynamodb-streams")]
        may "dynamodb:DescribeStream" "dynamodb:GetRecords" "dynamodb:GetShardIterator"
            on "dynamodb:stream",
        may "dynamodb:ListStreams" on "*",
        may "kms:Decrypt" on "kms:key" via "dynamodb";
    "table" "on" []
        may "dynamodb:DescribeStream" "dynamodb:GetRecords" "dynamodb:GetShardIterator"
            on "dynamodb:stream",
        may "dynamodb:ListStreams" on "*",
        may "kms:Decrypt" on "kms:key" via "dynamodb";

    // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    "topic" "publish" [Interface("sns")]
        may "sns:Publish" on "sns:topic",
        may "kms:Decrypt" "kms:GenerateDataKey" on "kms:key" via "sns";

    // Checking tokens takes no right: the public keys are on the internet
    // (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitouserpools.html).
    "user_pool" "verify" [];
    "user_pool" "read" [Interface("cognito-idp")]
        may "cognito-idp:AdminGetUser" "cognito-idp:AdminListGroupsForUser"
            "cognito-idp:ListGroups" "cognito-idp:ListUsers" "cognito-idp:ListUsersInGroup"
            on "cognito-idp:userpool";
    "user_pool" "authenticate" [Interface("cognito-idp")]
        may "cognito-idp:AdminInitiateAuth" "cognito-idp:AdminRespondToAuthChallenge"
            "cognito-idp:AdminUserGlobalSignOut" on "cognito-idp:userpool";
    "user_pool" "manage" [Interface("cognito-idp")]
        may "cognito-idp:AdminAddUserToGroup" "cognito-idp:AdminConfirmSignUp"
            "cognito-idp:AdminCreateUser" "cognito-idp:AdminDisableUser"
            "cognito-idp:AdminEnableUser" "cognito-idp:AdminRemoveUserFromGroup"
            "cognito-idp:AdminResetUserPassword" "cognito-idp:AdminSetUserPassword"
            "cognito-idp:AdminUpdateUserAttributes" on "cognito-idp:userpool";
    "user_pool" "delete" [Interface("cognito-idp")]
        may "cognito-idp:AdminDeleteUser" on "cognito-idp:userpool";
    "user_pool" "client secret" [Interface("secretsmanager")]
        may "secretsmanager:GetSecretValue" on "secretsmanager:Secret",
        may "kms:Decrypt" on "kms:key" via "secretsmanager";
    "user_pool" "client secret injected" [Interface("secretsmanager")]
        starter "secretsmanager:GetSecretValue" on "secretsmanager:Secret",
        starter "kms:Decrypt" on "kms:key" via "secretsmanager";

    // https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
    "volume" "read" []
        may "elasticfilesystem:ClientMount" on "elasticfilesystem:file-system";
    "volume" "write" []
        may "elasticfilesystem:ClientMount" "elasticfilesystem:ClientWrite"
            on "elasticfilesystem:file-system";

    // The token of a task says which is meant, so answers take no resource. Who waits for an execution
    // hears of its end, and stops it when it takes too long
    // (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html,
    // https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html).
    "workflow" "start" [Interface("states")]
        may "states:StartExecution" on "states:statemachine",
        may "kms:Decrypt" "kms:GenerateDataKey" on "kms:key" via "states";
    "workflow" "start express" [Interface("sync-states")]
        may "states:StartSyncExecution" on "states:statemachine";
    "workflow" "resume" [Interface("states")]
        may "states:SendTaskFailure" "states:SendTaskHeartbeat" "states:SendTaskSuccess" on "*",
        may "kms:Decrypt" "kms:GenerateDataKey" on "kms:key" via "states";
    "workflow" "read" [Interface("states")]
        may "states:DescribeExecution" "states:GetExecutionHistory" on "states:execution",
        may "states:ListExecutions" on "states:statemachine",
        may "kms:Decrypt" "kms:GenerateDataKey" on "kms:key" via "states";
    "workflow" "stop" [Interface("states")]
        may "states:StopExecution" on "states:execution",
        may "kms:Decrypt" "kms:GenerateDataKey" on "kms:key" via "states";
    "workflow" "wait" []
        may "states:DescribeExecution" "states:StopExecution" on "states:execution",
        may "events:DescribeRule" "events:PutRule" "events:PutTargets"
            on "events:rule-on-default-event-bus";
};
