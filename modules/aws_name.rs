//! Names at AWS that a spec can set by hand: no two of a kind are alike, and none is cut in silence.
use crate::kind::{Resolving, ThingId};
use platgen_source::Name;
use platgen_source::diagnostics::code;
use std::collections::BTreeMap;

/// Decides the name of a thing at AWS: the one that the spec sets, or else
/// `{environment}-{platform}-{name}`, cut to `longest` letters.
///
/// `said` has every thing of the kind that gets such a name, and what the spec sets. A name that is
/// cut is a finding; so is one that an earlier thing has.
pub fn resolve<'a>(
    id: &ThingId,
    longest: usize,
    said: impl Iterator<Item = (&'a Name, Option<String>)>,
    resolving: &mut Resolving<'_>,
) -> String {
    let prefix = &resolving.head.prefix;
    let derived = |name: &Name| prefix.name(longest, &[name.as_str()]);
    let mut earlier: BTreeMap<String, &Name> = BTreeMap::new();
    for (name, said) in said {
        let is_cut = said.is_none() && prefix.overflows(longest, &[name.as_str()]);
        let aws_name = said.unwrap_or_else(|| derived(name));
        if *name != id.name {
            earlier.entry(aws_name).or_insert(name);
            continue;
        }
        if is_cut {
            let message = format!("the name of `{id}` at AWS is cut to `{aws_name}`");
            let help = "set `aws_name` to choose another";
            resolving.find_with(&code::NAME_SHORTENED, &id.path(), message, help);
        }
        if let Some(other) = earlier.get(&aws_name) {
            let message = format!("`{}.{other}` is called `{aws_name}` at AWS as well", id.kind);
            resolving.find(&code::NAME_CLASH, &id.path().key("aws_name"), message);
        }
        return aws_name;
    }
    derived(&id.name)
}

#[cfg(test)]
mod tests {
    use crate::testing::found;
    use pretty_assertions::assert_eq;

    #[test]
    fn names_by_hand_and_derived_ones_never_meet() {
        for (section, keys) in [
            ("cache", ""),
            ("database", "engine = \"aurora-mysql\"\n"),
            ("load_balancer", "type = \"network\"\n"),
        ] {
            let text = format!(
                "[{section}.a]\n{keys}[{section}.b]\n{keys}aws_name = \"dev-shop-a\"\n\
                 [{section}.c]\n{keys}aws_name = \"by-hand\"\n"
            );
            assert_eq!(found(&text), [("PG0404", format!("{section}.b.aws_name"))]);
        }
    }
}
