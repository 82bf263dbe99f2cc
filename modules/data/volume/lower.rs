//! What a volume becomes: a file system, a way to it in every zone, and one way to its files.
use super::spec::Age;
use super::{Throughput, Volume};
use crate::connect::iam::{self, Arn, PolicyKind, PolicyPlace, Principal, Statement};
use crate::data::{MODULE, key};
use crate::network::{Tier, security_group};
use crate::platform::Platform;
use platgen_terraform::{Document, Handle, ResourceBuilder, Value, block};

/// The folder of the file system that everybody sees as the whole: one of its own can belong to another
/// than root (<https://docs.aws.amazon.com/efs/latest/ug/enforce-root-directory-access-point.html>).
const FOLDER: &str = "/data";
/// Who may do what in the folder: its owner all, others may look.
const PERMISSIONS: &str = "0755";

/// What a client does over NFS
/// (<https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html>).
const CLIENT_ACTIONS: [&str; 3] = [
    "elasticfilesystem:ClientMount",
    "elasticfilesystem:ClientRootAccess",
    "elasticfilesystem:ClientWrite",
];

/// Puts a volume into a document.
pub(super) fn lower(volume: &Volume, platform: &Platform, out: &mut Document) {
    let file_system = file_system(volume, out);
    let mut first = mount_targets(volume, platform, out);
    first.push(policy(volume, out));
    access_point(volume, &first, out);
    let name = |what| volume.id.part(&[what]);
    out.output(&name("arn"), file_system.get("arn"), "The ARN of the file system");
    out.output(&name("id"), file_system.get("id"), "The id of the file system");
}

fn file_system(volume: &Volume, out: &mut Document) -> Handle {
    let (mode, provisioned) = match volume.throughput {
        Throughput::Elastic => ("elastic", None),
        Throughput::Bursting => ("bursting", None),
        Throughput::Provisioned(mibps) => ("provisioned", Some(mibps)),
    };
    let arguments = block! {
        creation_token: &volume.aws_name,
        encrypted: true,
        kms_key_id: key::arn(),
        performance_mode: "generalPurpose",
        throughput_mode: mode,
        provisioned_throughput_in_mibps: provisioned,
        lifecycle_policy: lifecycle(volume),
        tags: block! { Name: &volume.aws_name },
    };
    let (file, name, cause) = (volume.id.file(), volume.id.local(&[]), volume.id.path());
    let mut place = out.module(MODULE).file(&file);
    let resource = place.resource("aws_efs_file_system", &name, arguments).cause(&cause);
    let resource = if volume.protected { resource.prevent_destroy() } else { resource };
    resource.add()
}

/// Each move is a policy of its own
/// (<https://docs.aws.amazon.com/efs/latest/ug/API_PutLifecycleConfiguration.html>).
fn lifecycle(volume: &Volume) -> Vec<Value> {
    let to_infrequent = volume.infrequent_after.aws_word();
    let to_archive = volume.archive_after.aws_word();
    let moves = volume.infrequent_after != Age::Never || volume.archive_after != Age::Never;
    let policies = [
        to_infrequent.map(|age| block! { transition_to_ia: age }),
        to_archive.map(|age| block! { transition_to_archive: age }),
        moves.then(|| block! { transition_to_primary_storage_class: "AFTER_1_ACCESS" }),
    ];
    policies.into_iter().flatten().collect()
}

/// Tasks and functions mount the file system in their own zone, so that each has a way to it there
/// (<https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html>).
fn mount_targets(volume: &Volume, platform: &Platform, out: &mut Document) -> Vec<Handle> {
    let subnets = platform.network.subnets_by_name(Tier::Database).into_iter();
    let target = |(place, subnet): (String, Value)| {
        let arguments = block! {
            file_system_id: volume.file_system().get("id"),
            subnet_id: subnet,
            security_groups: [security_group(&volume.id).get("id")],
        };
        put(volume, out, "aws_efs_mount_target", &[&place], arguments)
    };
    subnets.map(target).collect()
}

/// Without a policy EFS lets everybody in who reaches the port. With this one a role needs the right to
/// it, since nothing here allows anything, and TLS
/// (<https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html>).
fn policy(volume: &Volume, out: &mut Document) -> Handle {
    let file_system = volume.file_system();
    let arn = Arn::new("elasticfilesystem:file-system", file_system.get("arn"));
    let tls_only = Statement::deny(&CLIENT_ACTIONS, vec![arn]).to(Principal::Everyone).when(
        "Bool",
        "aws:SecureTransport",
        [Value::from("false")],
    );
    let (file, name, cause) = (volume.id.file(), volume.id.identifier(), volume.id.path());
    let place = PolicyPlace { module: MODULE, file: &file, name: &name, cause: &cause };
    let policy = iam::policy(out, &place, PolicyKind::Resource, &[tls_only]);
    let arguments = block! { file_system_id: file_system.get("id"), policy: policy };
    put(volume, out, "aws_efs_file_system_policy", &[], arguments)
}

/// One way for everybody: who comes by it acts as the owner of all files. A new owner is a new way,
/// which is there before the old one goes.
fn access_point(volume: &Volume, first: &[Handle], out: &mut Document) {
    let owner = volume.owner;
    let arguments = block! {
        file_system_id: volume.file_system().get("id"),
        posix_user: block! { uid: owner.user, gid: owner.group },
        root_directory: block! {
            path: FOLDER,
            creation_info: block! {
                owner_uid: owner.user,
                owner_gid: owner.group,
                permissions: PERMISSIONS,
            },
        },
        tags: block! { Name: &volume.aws_name },
    };
    let (file, name, cause) = (volume.id.file(), volume.id.local(&[]), volume.id.path());
    let mut place = out.module(MODULE).file(&file);
    let resource = place
        .resource("aws_efs_access_point", &name, arguments)
        .cause(&cause)
        .create_before_destroy();
    first.iter().fold(resource, ResourceBuilder::ready_after).add();
}

/// Puts a resource that is named after the volume into its file.
fn put(
    volume: &Volume,
    out: &mut Document,
    kind: &'static str,
    parts: &[&str],
    arguments: Value,
) -> Handle {
    let mut file = out.module(MODULE).file(&volume.id.file());
    file.resource(kind, &volume.id.local(parts), arguments).cause(&volume.id.path()).add()
}
