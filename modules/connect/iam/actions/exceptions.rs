//! The lists that narrow or widen what the reference allows a statement: each entry is an action
//! and why it is there.
//!
//! The lists are short on purpose. A statement that needs a new entry should first be looked at
//! once more.

/// An action of the reference, and why it is on a list.
pub type Exception = (&'static str, &'static str);

/// Actions a role may hold on `*` although they take resources.
///
/// Source of the actions on network interfaces: the managed policy
/// `AWSLambdaVPCAccessExecutionRole`,
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html>.
pub const STAR: &[Exception] = &[
    ("ec2:AssignPrivateIpAddresses", MANAGED_POLICY_OF_LAMBDA),
    ("ec2:CreateNetworkInterface", MANAGED_POLICY_OF_LAMBDA),
    (
        "ec2:DeleteNetworkInterface",
        "Lambda needs it on every interface it made, and their ids are not known before.",
    ),
    ("ec2:UnassignPrivateIpAddresses", MANAGED_POLICY_OF_LAMBDA),
];

/// Actions of the levels permissions management and tagging that may be granted.
pub const SENSITIVE: &[Exception] = &[
    (
        "ecs:TagResource",
        "Tasks started with tags need it; a condition on ecs:CreateAction limits it.",
    ),
    (
        "iam:PassRole",
        "Starting a task hands it its roles; the roles are exact, iam:PassedToService limits it.",
    ),
    ("logs:PutResourcePolicy", "Step Functions sets up the delivery of its logs with it."),
    (
        "rds-db:connect",
        "The reference counts it as permissions management; it is the login itself.",
    ),
    (
        "s3:PutObjectTagging",
        "Objects with tags need it, and it is granted only where objects carry tags.",
    ),
];

/// Actions for which the reference requires several types, of which a call uses only one.
pub const EITHER: &[Exception] = &[
    (
        "states:DescribeExecution",
        "It describes an execution of a standard or of an express state machine.",
    ),
    ("states:ListExecutions", "It lists the executions of a state machine or of a map run."),
];

/// Actions no statement may grant, whatever the access level.
pub const NEVER: &[Exception] = &[
    ("dynamodb:CreateTable", TERRAFORM_OWNS_IT),
    ("dynamodb:DeleteTable", TERRAFORM_OWNS_IT),
    ("dynamodb:UpdateTable", TERRAFORM_OWNS_IT),
    ("iam:CreateRole", RAISES_RIGHTS),
    ("iam:PutRolePolicy", RAISES_RIGHTS),
    (
        "kms:CreateGrant",
        "A grant hands key rights on to others, past every policy of the platform.",
    ),
    ("kms:PutKeyPolicy", RAISES_RIGHTS),
    ("kms:ScheduleKeyDeletion", "Without its key, everything the key has encrypted is lost."),
    ("lambda:InvokeAsync", "It is deprecated; lambda:InvokeFunction covers asynchronous calls."),
    ("lambda:UpdateFunctionCode", TERRAFORM_OWNS_IT),
    ("rds-data:ExecuteSql", "It is deprecated; rds-data:ExecuteStatement replaces it."),
    ("s3:BypassGovernanceRetention", "It deletes objects that a retention period protects."),
    ("s3:DeleteBucket", TERRAFORM_OWNS_IT),
    ("s3:GetObjectTorrent", "Nothing in a platform fetches objects by BitTorrent."),
    ("s3:PutBucketPolicy", RAISES_RIGHTS),
    (
        "s3:PutObjectAcl",
        "Access lists could make objects public; buckets own their objects and use none.",
    ),
    ("secretsmanager:DeleteSecret", TERRAFORM_OWNS_IT),
    ("secretsmanager:PutResourcePolicy", RAISES_RIGHTS),
    ("sns:SetTopicAttributes", RAISES_RIGHTS),
    ("sqs:DeleteQueue", TERRAFORM_OWNS_IT),
    ("sqs:SetQueueAttributes", RAISES_RIGHTS),
    ("states:DeleteStateMachine", TERRAFORM_OWNS_IT),
    ("states:UpdateStateMachine", TERRAFORM_OWNS_IT),
];

/// Condition keys that every service knows, or that a service sets on calls to all others. Tags are
/// missing because the reference lists them for each service that has them.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>.
pub const GLOBAL_CONDITION_KEYS: &[&str] = &[
    "aws:AssumedRoot",
    "aws:CalledVia",
    "aws:CalledViaAWSMCP",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ChatbotSourceArn",
    "aws:CurrentTime",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:IsMcpServiceAction",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalTag/${TagKey}",
    "aws:PrincipalType",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:SecureTransport",
    "aws:SignInSessionArn",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:ViaAWSMCPService",
    "aws:ViaAWSService",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:referer",
    "aws:userid",
    "aws:username",
    "codebuild:BuildArn",
    "codebuild:ProjectArn",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceArn",
    "glue:CredentialIssuingService",
    "glue:RoleAssumedBy",
    "identitystore:UserId",
    "lambda:SourceFunctionArn",
    "ssm:SourceInstanceArn",
];

const MANAGED_POLICY_OF_LAMBDA: &str = "The managed policy AWSLambdaVPCAccessExecutionRole has it so; Lambda checks the role at creation.";
const RAISES_RIGHTS: &str = "Its holder could give itself, or anyone, further rights.";
const TERRAFORM_OWNS_IT: &str =
    "Resources are made, changed and deleted by Terraform, not by what runs on them.";
