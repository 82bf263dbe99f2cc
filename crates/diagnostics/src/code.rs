//! The registry of diagnostic codes: stable, one row each, never reused.

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The spec cannot be rendered.
    Error,
    /// The spec can be rendered, but its author should look.
    Warning,
}

impl Severity {
    /// The word that is printed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A kind of diagnostic: what a reader learns to recognise and can look up.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `PG0102`.
    pub id: &'static str,
    /// A fixed, terse summary without the user's names.
    pub title: &'static str,
    /// What it means, in a sentence.
    pub meaning: &'static str,
    /// Whether it stops the rendering.
    pub severity: Severity,
}

/// The code of an id, whatever the letters' case.
pub fn find(id: &str) -> Option<&'static Code> {
    ALL.iter().find(|code| code.id.eq_ignore_ascii_case(id)).copied()
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal $severity:ident $title:literal;)+) => {
        $($(#[doc = $doc])+
        pub static $name: Code = Code {
            id: $id,
            title: $title,
            meaning: concat!($($doc),+).trim_ascii(),
            severity: Severity::$severity,
        };)+

        /// Every code, in the order of their numbers.
        pub static ALL: &[&Code] = &[$(&$name),+];
    };
}

codes! {
    /// The spec file cannot be read from the disk.
    UNREADABLE = "PG0001" Error "Unreadable file";
    /// The text is not TOML.
    SYNTAX = "PG0002" Error "Invalid TOML";
    /// The file is not UTF-8 text.
    NOT_UTF8 = "PG0003" Error "Not a UTF-8 text";
    /// The file is larger than platgen reads.
    TOO_LARGE = "PG0004" Error "File too large";
    /// A number does not fit into 64 bits.
    UNREPRESENTABLE = "PG0005" Error "Number out of range";
    /// Two files of a spec set the same key.
    SET_TWICE = "PG0006" Error "Key set in two files";

    /// A key that a section needs is absent.
    MISSING_KEY = "PG0101" Error "Missing key";
    /// A key that the section does not have.
    UNKNOWN_KEY = "PG0102" Error "Unknown key";
    /// A value of another TOML type than the key takes.
    WRONG_TYPE = "PG0103" Error "Wrong type";
    /// A number outside the range of the key.
    OUT_OF_RANGE = "PG0104" Error "Out of range";
    /// A word that is not among those the key takes.
    UNKNOWN_WORD = "PG0105" Error "Unknown word";
    /// A text that does not have the form the key takes.
    MALFORMED = "PG0106" Error "Malformed value";
    /// A name outside the grammar of names.
    BAD_NAME = "PG0107" Error "Invalid name";
    /// Keys that exclude each other, or need each other.
    CONFLICT = "PG0108" Error "Conflicting keys";

    /// A reference to something that the spec does not declare.
    UNKNOWN_TARGET = "PG0201" Error "Unknown target";
    /// A verb that the target does not offer.
    UNKNOWN_VERB = "PG0202" Error "Verb not offered";
    /// A placeholder for an output that the kind does not have.
    UNKNOWN_OUTPUT = "PG0203" Error "Unknown output";
    /// A placeholder whose thing is not in `uses`.
    MISSING_EDGE = "PG0204" Error "Placeholder without an edge";
    /// A secret joined with other text, or used where it would be printed.
    EXPOSED_SECRET = "PG0205" Error "Secret inside a text";
    /// A thing that uses itself.
    SELF_EDGE = "PG0206" Error "Edge to itself";
    /// Two edges give a variable of the same name.
    VARIABLE_CLASH = "PG0207" Error "Variable given twice";
    /// A way between two things that `[never]` forbids.
    FORBIDDEN_WAY = "PG0208" Error "Forbidden way";

    /// An environment that the spec does not declare.
    UNKNOWN_ENVIRONMENT = "PG0301" Error "Unknown environment";
    /// A path in `unset` at which nothing stands.
    NOTHING_TO_UNSET = "PG0302" Error "Nothing to unset";
    /// `like` of an environment that is itself like another one.
    LIKE_CHAIN = "PG0303" Error "More than one level of like";

    /// Values that AWS refuses together.
    IMPOSSIBLE = "PG0401" Error "Impossible combination";
    /// An address range that does not hold what has to stand in it.
    ADDRESS_RANGE = "PG0402" Error "Address range does not fit";
    /// Two routes that match the same requests.
    ROUTE_TIE = "PG0403" Error "Ambiguous routes";
    /// Two things that would get one name at AWS.
    NAME_CLASH = "PG0404" Error "Name given twice";
    /// More of something than AWS takes.
    LIMIT = "PG0405" Error "Limit exceeded";
    /// A file beside the spec that cannot be used.
    BAD_FILE = "PG0406" Error "Unusable file";

    /// A name that AWS would refuse was cut and got a hash.
    NAME_SHORTENED = "PG0501" Warning "Name shortened";
    /// A production environment gives up a protection.
    WEAKENED = "PG0502" Warning "Production weakened";
    /// Requests travel without encryption.
    CLEAR_TEXT = "PG0503" Warning "Unencrypted traffic";
    /// A rule of `[never]` that no edge could break.
    IDLE_RULE = "PG0504" Warning "Rule without effect";
    /// Something that gets no security updates any more.
    OUTDATED = "PG0505" Warning "Past its end of support";
    /// A value that raises the oldest version of the provider.
    NEWER_PROVIDER = "PG0506" Warning "Newer provider needed";
    /// Something that must be there first, and that the spec does not make.
    PREREQUISITE = "PG0507" Warning "Step by hand needed";
    /// A consumer that has no way to what it uses.
    UNREACHABLE = "PG0508" Warning "No way there";
    /// Something is declared that nothing uses.
    UNUSED = "PG0509" Warning "Declared but unused";
    /// Something waits for an answer that may never come.
    UNBOUNDED_WAIT = "PG0510" Warning "Wait without an end";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn ids_are_unique_and_in_order() {
        let ids: Vec<_> = ALL.iter().map(|code| code.id).collect();
        let mut sorted = ids.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(ids, sorted);
        assert!(ids.iter().all(|id| id.len() == 6 && id.starts_with("PG")));
    }
}
