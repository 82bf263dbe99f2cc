//! Patterns that keep files of a source folder out of the package: `test`, `**/*.map`.
use platgen_source::{is_plain, text_type};

text_type! {
    /// Files and folders of a source, by their path from there. `*` stands for any letters inside of
    /// a part, and `**` for any number of parts; a folder takes everything in it along.
    Exclude,
    "^[A-Za-z0-9_.@+*-]+(/[A-Za-z0-9_.@+*-]+)*$",
    "a path below the source, in letters, digits and _ . @ + - /, with * and ** for anything",
    |text| text.split('/').all(|part| is_plain(part, 1..=usize::MAX, b"_.@+*-"))
}

impl Exclude {
    /// Whether it keeps a file out.
    pub(super) fn covers(&self, path: &str) -> bool {
        let pattern: Vec<&str> = self.as_str().split('/').collect();
        let path: Vec<&str> = path.split('/').collect();
        begins(&path, &pattern)
    }
}

/// Whether a path, or a folder that leads to it, is one that the pattern speaks of.
fn begins(path: &[&str], pattern: &[&str]) -> bool {
    match (path, pattern) {
        (_, []) => true,
        (_, ["**", rest @ ..]) => (0..=path.len()).any(|skipped| begins(&path[skipped..], rest)),
        ([part, path @ ..], [wanted, rest @ ..]) => fits(part, wanted) && begins(path, rest),
        ([], _) => false,
    }
}

/// Whether a part is one that a part of a pattern speaks of.
fn fits(part: &str, pattern: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return part == pattern };
    let Some(rest) = part.strip_prefix(head) else { return false };
    let mut ends = rest.char_indices().map(|(place, _)| place).chain([rest.len()]);
    ends.any(|place| fits(&rest[place..], tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_files_and_whole_folders() {
        for (pattern, path, expected) in [
            ("test", "test", true),
            ("test", "test/unit/a.js", true),
            ("test", "src/test", false),
            ("test", "tests/a.js", false),
            ("*.map", "index.js.map", true),
            ("*.map", "lib/index.js.map", false),
            ("**/*.map", "index.js.map", true),
            ("**/*.map", "lib/deep/index.js.map", true),
            ("node_modules/.bin", "node_modules/.bin/tsc", true),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXcYb", false),
            ("a*", "a", true),
            ("**", "anything/at/all", true),
            ("lib/**/x", "lib/x", true),
            ("lib/**/x", "lib/a/b/x/y", true),
            ("lib/**/x", "x", false),
        ] {
            assert_eq!(Exclude::new(pattern).unwrap().covers(path), expected, "{pattern} {path}");
        }
    }
}
