//! `[cdn.<name>]`: a distribution of CloudFront.
use super::MODULE;

use crate::kind::{Kind, Output, Outputs, Resolving, Thing, ThingId};
use crate::platform::Platform;

use platgen_source::{Name, Read};
use platgen_terraform::{Address, Document, Handle};

/// What a spec says of it.
#[derive(Debug, Read)]
pub struct CdnSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
}

/// It, with every detail decided.
#[derive(Debug)]
pub struct Cdn {
    id: ThingId,
}

impl Kind for CdnSpec {
    const KIND: &'static str = "cdn";
    const OUTPUTS: Outputs = Outputs::Named(&["domain", "url", "id", "arn"]);
    type Thing = Cdn;

    fn resolve(&self, id: ThingId, _resolving: &mut Resolving<'_>) -> Cdn {
        Cdn { id }
    }
}

impl Cdn {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_cloudfront_distribution", &self.id.local(&[])))
    }
}

impl Thing for Cdn {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(self.handle().get("arn"))
    }

    fn lower(&self, _platform: &Platform, _out: &mut Document) {}
}
