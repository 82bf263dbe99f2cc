//! What a spec may say of a key.
use crate::connect::NoNarrowing;
use crate::text::{PlainText, VariableName};
use platgen_source::{Count, Name, Read, is_plain, text_type};

text_type! {
    /// The alias of a key, without the `alias/` that all begin with; those that begin with `aws/` are
    /// AWS's own (<https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html>).
    AliasName,
    "^(?!aws/)[A-Za-z0-9/_-]{1,250}$",
    "1 to 250 letters, digits and / _ -, not beginning with aws/",
    |text| is_plain(text, 1..=250, b"/_-") && !text.starts_with("aws/")
}

/// A key at KMS for the application's own use. Everything that the platform keeps is encrypted without
/// one.
#[derive(Debug, Read)]
pub struct KeySpec {
    /// Environments that have it; by default all.
    pub only_in: Vec<Name>,
    /// What it is for.
    pub description: Option<PlainText>,
    /// What is done with it. By default it encrypts. A key of another use is another key: what was
    /// encrypted or signed is lost with the old one.
    pub r#use: Option<Purpose>,
    /// How it signs, of keys that sign. By default `ecc-p256`.
    pub algorithm: Option<Algorithm>,
    /// Days between two rotations of a key that encrypts. What was encrypted before stays readable. By
    /// default 365.
    // https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html
    pub rotation_days: Option<Count<90, 2560>>,
    /// Days between the order to delete it and the end. By default 30, in development 7.
    // https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
    pub deletion_days: Option<Count<7, 30>>,
    /// The alias at AWS, without `alias/`. By default `{environment}-{platform}-{name}`.
    pub aws_name: Option<AliasName>,
}

/// What is done with a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Read)]
pub enum Purpose {
    /// It encrypts and decrypts.
    #[default]
    Encrypt,
    /// It signs, and verifies what it signed.
    Sign,
}

/// How a key signs
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-choose-key-spec.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum Algorithm {
    /// ECDSA on the curve P-256 of NIST.
    EccP256,
    /// ECDSA on the curve P-384 of NIST.
    EccP384,
    /// ECDSA on the curve P-521 of NIST.
    EccP521,
    /// ECDSA on the curve secp256k1 of SECG.
    EccSecp256k1,
    /// RSA with 2048 bits.
    #[spec(word = "rsa-2048")]
    Rsa2048,
    /// RSA with 3072 bits.
    #[spec(word = "rsa-3072")]
    Rsa3072,
    /// RSA with 4096 bits.
    #[spec(word = "rsa-4096")]
    Rsa4096,
}

/// What others may do with a key. One that encrypts offers `encrypt` and `decrypt`, one that signs `sign`
/// and `verify`.
#[derive(Clone, Debug, Default, Read)]
#[spec(verbs)]
pub struct KeyVerbs {
    /// The beginning of the variable's name.
    pub r#as: Option<VariableName>,
    /// Encrypt, and make data keys.
    pub encrypt: Option<NoNarrowing>,
    /// Decrypt.
    pub decrypt: Option<NoNarrowing>,
    /// Sign.
    pub sign: Option<NoNarrowing>,
    /// Verify a signature, and read the public half.
    pub verify: Option<NoNarrowing>,
}

impl Algorithm {
    /// As KMS names it
    /// (<https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html>).
    pub(super) fn aws_word(self) -> &'static str {
        match self {
            Self::EccP256 => "ECC_NIST_P256",
            Self::EccP384 => "ECC_NIST_P384",
            Self::EccP521 => "ECC_NIST_P521",
            Self::EccSecp256k1 => "ECC_SECG_P256K1",
            Self::Rsa2048 => "RSA_2048",
            Self::Rsa3072 => "RSA_3072",
            Self::Rsa4096 => "RSA_4096",
        }
    }
}
