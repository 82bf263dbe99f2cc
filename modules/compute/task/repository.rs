//! The repository at ECR of a thing whose spec names no image.
use crate::compute::MODULE;
use crate::kind::ThingId;
use crate::platform::Platform;
use platgen_terraform::{Address, Document, Handle, Value, VariableType, block, json};

/// How many images are kept.
const KEPT_IMAGES: i64 = 20;
/// How many days an image without a tag is kept.
const UNTAGGED_DAYS: i64 = 7;

/// The repository of a thing.
pub fn handle(owner: &ThingId) -> Handle {
    Handle::new(MODULE, Address::managed("aws_ecr_repository", &owner.identifier()))
}

/// Makes the repository, what it forgets, and the variable that says which tag runs.
pub fn lower(owner: &ThingId, variable: &str, platform: &Platform, out: &mut Document) {
    let description = format!("The tag of the image of {owner} that runs");
    out.variable(variable, VariableType::String, None, &description);
    let (name, cause) = (owner.identifier(), owner.path());
    let mut file = out.module(MODULE).file(&owner.file());
    let repository = file
        .resource(
            "aws_ecr_repository",
            &name,
            block! {
                // https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
                name: platform.head.prefix.name(256, &[owner.kind, owner.name.as_str()]),
                image_tag_mutability: "IMMUTABLE",
                force_delete: !platform.head.is_production(),
                image_scanning_configuration: block! { scan_on_push: true },
                encryption_configuration: block! { encryption_type: "KMS" },
            },
        )
        .cause(&cause)
        .add();
    let policy = file.local(&owner.part(&["lifecycle"]), lifecycle());
    let arguments = block! { repository: repository.get("name"), policy: json(policy) };
    file.resource("aws_ecr_lifecycle_policy", &name, arguments).cause(&cause).add();
    let description = format!("Where the image of {owner} is pushed to");
    out.output(&owner.part(&["repository-url"]), repository.get("repository_url"), &description);
}

/// What the repository forgets
/// (<https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html>).
fn lifecycle() -> Value {
    let expire = || block! { type: "expire" };
    block! {
        rules: vec![
            block! {
                rulePriority: 1,
                description: "Forget images without a tag",
                selection: block! {
                    tagStatus: "untagged",
                    countType: "sinceImagePushed",
                    countUnit: "days",
                    countNumber: UNTAGGED_DAYS,
                },
                action: expire(),
            },
            block! {
                rulePriority: 2,
                description: "Keep the newest images",
                selection: block! {
                    tagStatus: "any",
                    countType: "imageCountMoreThan",
                    countNumber: KEPT_IMAGES,
                },
                action: expire(),
            },
        ],
    }
}
