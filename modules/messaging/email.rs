//! `[email.<name>]`: a sender of mail at SES.
use super::MODULE;
use crate::connect::{Edge, Grant};
use crate::kind::{Kind, Output, Outputs, Resolving, Target, Thing, ThingId};
use crate::platform::Platform;

use platgen_source::{Name, Read};
use platgen_terraform::{Address, Document, Handle};

/// What a spec says of it.
#[derive(Debug, Read)]
pub struct EmailSpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
}

/// What is said of sending.
#[derive(Clone, Debug, Default, Read)]
#[spec(default)]
pub struct EmailSend {
    /// The address, or the beginning of addresses, that may stand in `From`. By default every one of the domain.
    pub from: Option<crate::text::PlainText>,
}

/// What others may do with it.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct EmailVerbs {
    /// The beginning of the variables' names.
    pub r#as: Option<crate::text::VariableName>,
    /// Send mail from the domain.
    pub send: Option<EmailSend>,
}

/// It, with every detail decided.
#[derive(Debug)]
pub struct Email {
    id: ThingId,
}

impl Kind for EmailSpec {
    const KIND: &'static str = "email";
    const OUTPUTS: Outputs = Outputs::Named(&["from", "domain", "configuration_set"]);
    type Thing = Email;

    fn resolve(&self, id: ThingId, _resolving: &mut Resolving<'_>) -> Email {
        Email { id }
    }
}

impl Email {
    /// Its resource.
    pub fn handle(&self) -> Handle {
        Handle::new(MODULE, Address::managed("aws_sesv2_email_identity", &self.id.local(&[])))
    }
}

impl Target for Email {
    type Verbs = EmailVerbs;

    fn grant(&self, _verbs: &EmailVerbs, edge: &Edge<'_>) -> Grant {
        edge.grant()
    }
}

impl Thing for Email {
    fn id(&self) -> &ThingId {
        &self.id
    }

    fn output(&self, _words: &[String], _consumer: &ThingId, _platform: &Platform) -> Output {
        Output::Plain(self.handle().get("arn"))
    }

    fn lower(&self, _platform: &Platform, _out: &mut Document) {}
}
