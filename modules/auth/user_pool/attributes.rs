//! What a pool knows of each user: standard attributes, and attributes of the platform's own.
use crate::kind::Resolving;
use platgen_source::diagnostics::{SpecPath, code};
use platgen_source::{Read, is_plain, text_type};
use platgen_terraform::{Value, block};
use std::collections::BTreeMap;

text_type! {
    /// The name of an attribute, without the `custom:` that AWS puts before it
    /// (<https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SchemaAttributeType.html>).
    AttributeName,
    "^[A-Za-z0-9_]{1,20}$",
    "1 to 20 letters, digits and _",
    |text| is_plain(text, 1..=20, b"_")
}

/// An attribute of the platform's own.
#[derive(Clone, Debug, Read)]
#[spec(short = "type")]
pub struct AttributeSpec {
    /// The type.
    pub r#type: AttributeType,
    /// The least number, or the fewest letters of a text. By default −2147483648, and 0 letters.
    pub min: Option<i64>,
    /// The greatest number, or the most letters of a text. By default 2147483647, and 2048 letters.
    pub max: Option<i64>,
    /// Whether it can change once the user has it. By default yes.
    pub mutable: Option<bool>,
}

/// The type of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Read)]
pub enum AttributeType {
    /// A text.
    String,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// A point in time.
    Datetime,
}

/// An attribute that every pool has
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Read)]
pub enum StandardAttribute {
    /// The postal address.
    Address,
    /// The day of birth, `1999-12-31`.
    Birthdate,
    /// The address of mail.
    Email,
    /// The last name.
    #[spec(word = "family_name")]
    FamilyName,
    /// The gender.
    Gender,
    /// The first name.
    #[spec(word = "given_name")]
    GivenName,
    /// The language.
    Locale,
    /// The middle name.
    #[spec(word = "middle_name")]
    MiddleName,
    /// The full name.
    Name,
    /// The nickname.
    Nickname,
    /// The telephone number.
    #[spec(word = "phone_number")]
    PhoneNumber,
    /// Where a picture is.
    Picture,
    /// The name that the user wants to be called.
    #[spec(word = "preferred_username")]
    PreferredUsername,
    /// Where a profile is.
    Profile,
    /// Where the home page is.
    Website,
    /// The time zone.
    Zoneinfo,
}

/// The standard attributes that users can write, as AWS names them.
pub(super) const WRITABLE: [&str; 17] = [
    "address",
    "birthdate",
    "email",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "preferred_username",
    "profile",
    "updated_at",
    "website",
    "zoneinfo",
];

/// The standard attributes that Cognito writes by itself.
pub(super) const READ_ONLY: [&str; 2] = ["email_verified", "phone_number_verified"];

/// The most attributes of one's own
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html>).
const MOST_ATTRIBUTES: usize = 50;
/// The most letters of a text
/// (<https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html>).
const LONGEST_TEXT: i64 = 2048;

/// An attribute as a pool declares it. Everything is said, so that what AWS adds by itself is no
/// difference later: a pool takes no change of an attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    name: String,
    data_type: AttributeType,
    range: (i64, i64),
    mutable: bool,
    required: bool,
}

impl Attribute {
    /// A standard attribute that every user must have.
    pub(super) fn required(standard: StandardAttribute) -> Self {
        let range = if standard == StandardAttribute::Birthdate { (10, 10) } else { (0, 2048) };
        Self {
            name: standard.word().to_owned(),
            data_type: AttributeType::String,
            range,
            mutable: true,
            required: true,
        }
    }

    /// A block of the argument `schema`.
    pub(super) fn block(&self) -> Value {
        let (least, greatest) = (self.range.0.to_string(), self.range.1.to_string());
        let is = |wanted| (self.data_type == wanted).then_some(());
        block! {
            name: &self.name,
            attribute_data_type: self.data_type.aws_word(),
            developer_only_attribute: false,
            mutable: self.mutable,
            required: self.required,
            string_attribute_constraints: is(AttributeType::String)
                .map(|()| block! { min_length: &least, max_length: &greatest }),
            number_attribute_constraints: is(AttributeType::Number)
                .map(|()| block! { min_value: &least, max_value: &greatest }),
        }
    }
}

impl AttributeType {
    fn aws_word(self) -> &'static str {
        match self {
            Self::String => "String",
            Self::Number => "Number",
            Self::Boolean => "Boolean",
            Self::Datetime => "DateTime",
        }
    }

    /// The bounds of a value if the spec sets none; a type without has none to set.
    fn bounds(self) -> Option<(i64, i64)> {
        match self {
            Self::String => Some((0, LONGEST_TEXT)),
            Self::Number => Some((i32::MIN.into(), i32::MAX.into())),
            Self::Boolean | Self::Datetime => None,
        }
    }
}

/// Decides the attributes of a pool's own, and finds bounds that do not fit.
pub(super) fn resolve(
    specs: &BTreeMap<AttributeName, AttributeSpec>,
    path: &SpecPath,
    resolving: &mut Resolving<'_>,
) -> Vec<Attribute> {
    if specs.len() > MOST_ATTRIBUTES {
        let message = format!("{} attributes; Cognito takes {MOST_ATTRIBUTES}", specs.len());
        resolving.find(&code::LIMIT, path, message);
    }
    let attribute = |(name, spec): (&AttributeName, &AttributeSpec)| Attribute {
        name: name.to_string(),
        data_type: spec.r#type,
        range: range(spec, &path.key(name.as_str()), resolving),
        mutable: spec.mutable.unwrap_or(true),
        required: false,
    };
    specs.iter().map(attribute).collect()
}

fn range(spec: &AttributeSpec, path: &SpecPath, resolving: &mut Resolving<'_>) -> (i64, i64) {
    let Some((least, greatest)) = spec.r#type.bounds() else {
        for (key, _) in [("min", spec.min), ("max", spec.max)].iter().filter(|(_, n)| n.is_some()) {
            let message = format!("a {} has no `{key}`", spec.r#type.word());
            resolving.find(&code::CONFLICT, &path.key(key), message);
        }
        return (0, 0);
    };
    for (key, bound) in [("min", spec.min), ("max", spec.max)] {
        if let Some(bound) = bound.filter(|bound| !(least..=greatest).contains(bound)) {
            let message = format!("{bound} is not between {least} and {greatest}");
            resolving.find(&code::OUT_OF_RANGE, &path.key(key), message);
        }
    }
    let range = (spec.min.unwrap_or(least), spec.max.unwrap_or(greatest));
    if range.0 > range.1 {
        let message = format!("`min` is {} and `max` is {}: no value fits", range.0, range.1);
        resolving.find(&code::IMPOSSIBLE, path, message);
    }
    range
}
