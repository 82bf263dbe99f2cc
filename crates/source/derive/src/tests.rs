//! Declarations that the macro refuses, and how it reads words and docs.
use super::*;
use syn::parse_quote;

fn refusal(declaration: &str) -> String {
    let input = syn::parse_str(declaration).unwrap();
    expand(&input).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn declarations_that_cannot_stand_in_a_spec_are_refused() {
    for (declaration, expected) in [
        ("union U { a: u8 }", "a union cannot stand in a spec"),
        ("struct S(u8);", "a section has named fields only"),
        ("struct S<T> { a: T }", "a type of a spec has no parameters"),
        ("enum E { A(u8) }", "a choice has plain variants only"),
        (r#"#[spec(short = "b")] struct S { a: u8 }"#, "there is no field `b`"),
        (r#"#[spec(shrt = "a")] struct S { a: u8 }"#, "unknown attribute"),
        (
            r#"#[spec(verbs, short = "a")] struct S { a: u8 }"#,
            "a section is short, or has verbs, not both",
        ),
        ("struct S { #[spec(flat)] a: u8 }", "unknown attribute"),
        (r#"enum E { #[spec(wrd = "a")] A }"#, "unknown attribute"),
        ("struct S { a: u8 }", ""),
        (
            "#[spec(verbs)] struct S { #[spec(flatten)] a: T }",
            "the verbs of an edge stand in one section",
        ),
        ("#[spec(default, verbs)] struct S { a: T }", ""),
        ("#[spec(default)] struct S { #[spec(flatten)] a: T }", ""),
        (r#"#[spec(upper)] enum E { #[spec(word = "s3")] A }"#, ""),
    ] {
        assert_eq!(refusal(declaration), expected, "{declaration}");
    }
}

#[test]
fn words_are_the_variants_in_kebab_or_upper_case() {
    for (variant, word) in [("A", "a"), ("PerZone", "per-zone"), ("X86", "x86"), ("ABc", "a-bc")] {
        assert_eq!(word_of(variant, false), word);
    }
    assert_eq!(word_of("Get", true), "GET");
}

#[test]
fn docs_are_trimmed_lines_and_macros_stay() {
    let input: DeriveInput = parse_quote! {
        /// One.
        ///  Two.
        #[doc = concat!("Three", "!")]
        #[doc(hidden)]
        struct S {}
    };
    let expected = quote!(concat!("", "One.", "\n", "Two.", "\n", concat!("Three", "!")));
    assert_eq!(documentation(&input.attrs).to_string(), expected.to_string());
}
