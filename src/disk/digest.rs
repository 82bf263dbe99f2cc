//! The fingerprint by which platgen knows whether a file still holds what it wrote.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of a file's content: 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(super) struct Digest(String);

impl Digest {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Digest(format!("{:x}", Sha256::digest(bytes)))
    }
}

impl TryFrom<String> for Digest {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == 64 && text.bytes().all(is_digit) {
            Ok(Digest(text))
        } else {
            Err(format!("{text:?} is not a SHA-256 of 64 lower-case hexadecimal digits"))
        }
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.0
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn the_digest_is_sha_256() {
        // The value is that of `printf abc | sha256sum`, also given in FIPS 180-2, appendix B.1:
        // https://csrc.nist.gov/files/pubs/fips/180-2/final/docs/fips180-2.pdf
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(String::from(Digest::of(b"abc")), expected);
    }

    #[test]
    fn only_64_lower_case_digits_are_read() {
        let check = |text: String, good: bool| {
            assert_eq!(Digest::try_from(text.clone()).is_ok(), good, "{text}");
        };
        check("a".repeat(64), true);
        check("a".repeat(63), false);
        check("A".repeat(64), false);
        check("g".repeat(64), false);
        check(String::new(), false);
    }
}
