//! What an edge to a volume gives its consumer, and where it is mounted.
use super::{PORT, Volume};
use crate::connect::matrix::On;
use crate::connect::{Edge, Grant, PortRule, Protocol};
use crate::kind::Target;
use crate::text::VariableName;
use platgen_source::{Name, OneOrMore, Read, is_plain, text_type};
use platgen_terraform::Value;

text_type! {
    /// Where a volume is mounted: an absolute path, and not the root of all
    /// (<https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_MountPoint.html>).
    MountPath,
    "^(/(?!\\.{1,2}(/|$))[A-Za-z0-9_.@+-]+)+$",
    "an absolute path below the root, in letters, digits and _ . @ + - /",
    |text| text.strip_prefix('/').is_some_and(|path| path.split('/').all(is_folder))
}

fn is_folder(name: &str) -> bool {
    is_plain(name, 1..=usize::MAX, b"_.@+-") && !matches!(name, "." | "..")
}

/// What others may do with a volume.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct VolumeVerbs {
    /// The beginning of the variable's name.
    pub r#as: Option<VariableName>,
    /// Read its files.
    pub read: Option<MountVerb>,
    /// Read and write its files.
    pub write: Option<MountVerb>,
}

/// A place where a volume is mounted: its path, or more.
#[derive(Clone, Debug, Read)]
#[spec(short = "at")]
pub struct MountVerb {
    /// The folder, by its absolute path. Of a function it is `/mnt/` and one name.
    pub at: MountPath,
    /// The containers that have it, of a task with several; the main one is called like the service or
    /// job. By default the main one alone.
    pub container: Option<OneOrMore<Name>>,
}

impl MountVerb {
    /// Whether a container has the mount, in a task whose main container has the other name.
    pub fn is_in(&self, container: &str, main: &str) -> bool {
        match &self.container {
            Some(names) => names.0.iter().any(|name| name.as_str() == container),
            None => container == main,
        }
    }
}

impl VolumeVerbs {
    /// Where it is mounted, each with its verb and whether files can be written there.
    pub fn mounts(&self) -> impl Iterator<Item = (&'static str, &MountVerb, bool)> {
        let read = self.read.iter().map(|verb| ("read", verb, false));
        read.chain(self.write.iter().map(|verb| ("write", verb, true)))
    }

    /// Speaks of a container by another name.
    pub fn rename_container(&mut self, from: &Name, to: &Name) {
        let verbs = self.read.iter_mut().chain(&mut self.write);
        let named = verbs.filter_map(|verb| verb.container.as_mut()).flat_map(|names| &mut names.0);
        named.filter(|name| *name == from).for_each(|name| *name = to.clone());
    }
}

impl Target for Volume {
    type Verbs = VolumeVerbs;

    fn grant(&self, verbs: &VolumeVerbs, edge: &Edge<'_>) -> Grant {
        let mut grant = edge.grant_of(verbs, |_, _| self.by_access_point());
        if verbs.mounts().next().is_none() {
            return grant;
        }
        let protocol = Protocol::Tcp;
        grant.ports.push(PortRule { name: "nfs".to_owned(), port: PORT, protocol });
        let main = edge.consumer.name.as_str();
        if let Some((_, verb, _)) = verbs.mounts().find(|(_, verb, _)| verb.is_in(main, main)) {
            grant.variables.push((edge.variable("PATH"), Value::from(verb.at.as_str())));
        }
        grant
    }
}

impl Volume {
    /// The file system, for whoever comes by the access point, and so as its user
    /// (<https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html>).
    fn by_access_point(&self) -> On {
        let point = self.access_point().get("arn");
        let key = "elasticfilesystem:AccessPointArn";
        On::from(self.file_system().get("arn")).when("StringEquals", key, [point])
    }
}
