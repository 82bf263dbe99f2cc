//! Public keys, which signatures of URLs and cookies are checked with
//! (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-trusted-signers.html>).
use super::Cdn;
use super::spec::CdnSpec;
use crate::data::MODULE;
use crate::kind::{Resolving, ThingId};
use crate::names::fit;
use platgen_source::Name;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_terraform::{Address, Document, Handle, block};
use std::collections::BTreeMap;

/// How a public key in PEM begins and ends (<https://www.rfc-editor.org/rfc/rfc7468#section-13>).
const EDGES: [&str; 2] = ["-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"];

/// The longest name of a key
/// (<https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_PublicKeyConfig.html>).
const LONGEST_NAME: usize = 128;

/// A public key.
#[derive(Debug)]
pub(super) struct PublicKey {
    /// Where the spec has it.
    path: SpecPath,
    /// In PEM.
    pem: String,
}

/// Reads every key that the spec names.
pub(super) fn resolve_all(
    spec: &CdnSpec,
    id: &ThingId,
    resolving: &mut Resolving<'_>,
) -> BTreeMap<Name, PublicKey> {
    let mut keys = BTreeMap::new();
    for (name, key) in &spec.key {
        let path = id.path().key("key").key(name.as_str());
        let place = path.key("public_key");
        let file = &key.public_key;
        match resolving.files.read(file).map(String::from_utf8) {
            Err(fault) => {
                let message = format!("`{}`: {fault}", file.escape_debug());
                let help = "name a file beside the spec; openssl rsa -pubout makes it";
                resolving.find_with(&code::BAD_FILE, &place, message, help);
            }
            Ok(Ok(pem)) if is_public_key(&pem) => {
                keys.insert(name.clone(), PublicKey { path, pem });
            }
            Ok(_) => {
                let message = format!("`{}` is no public key in PEM", file.escape_debug());
                let help =
                    "it begins with -----BEGIN PUBLIC KEY-----; openssl rsa -pubout makes it";
                resolving.find_with(&code::BAD_FILE, &place, message, help);
            }
        }
    }
    keys
}

/// A private key must never get into the output.
fn is_public_key(pem: &str) -> bool {
    let [begin, end] = EDGES;
    let inside = pem.trim().strip_prefix(begin).and_then(|rest| rest.strip_suffix(end));
    inside.is_some_and(|inside| {
        let mut letters = inside.bytes().filter(|letter| !letter.is_ascii_whitespace()).peekable();
        letters.peek().is_some()
            && letters.all(|letter| letter.is_ascii_alphanumeric() || b"+/=".contains(&letter))
    })
}

impl Cdn {
    /// The group that holds one key: routes name groups.
    pub(super) fn key_group(&self, name: &Name) -> Handle {
        let local = self.id.local(&[name.as_str()]);
        Handle::new(MODULE, Address::managed("aws_cloudfront_key_group", &local))
    }

    /// Puts the keys and their groups into a document.
    pub(super) fn lower_keys(&self, out: &mut Document) {
        for (name, key) in &self.keys {
            let local = self.id.local(&[name.as_str()]);
            let aws_name = fit(&format!("{}-{name}", self.aws_name), LONGEST_NAME);
            let mut file = out.module(MODULE).file(&self.id.file());
            let arguments = block! { name: &aws_name, encoded_key: &key.pem };
            let public = file
                .resource("aws_cloudfront_public_key", &local, arguments)
                .cause(&key.path)
                .create_before_destroy()
                .add();
            let arguments = block! { name: &aws_name, items: vec![public.get("id")] };
            file.resource("aws_cloudfront_key_group", &local, arguments).cause(&key.path).add();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_public_key;

    #[test]
    fn only_public_keys_are_taken() {
        for (pem, expected) in [
            ("-----BEGIN PUBLIC KEY-----\nMIIB+/=\n-----END PUBLIC KEY-----\n", true),
            ("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", false),
            ("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", false),
            ("-----BEGIN PUBLIC KEY-----\nMI${B}\n-----END PUBLIC KEY-----\n", false),
            ("", false),
        ] {
            assert_eq!(is_public_key(pem), expected, "{pem}");
        }
    }
}
