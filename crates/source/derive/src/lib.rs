//! `#[derive(Read)]`: a struct with named fields is a table of the spec, an enum of plain variants
//! is a choice of words.
//!
//! | attribute | on | meaning |
//! |---|---|---|
//! | `#[spec(short = "path")]` | struct | any value that is no table stands for a table with this key |
//! | `#[spec(default)]` | struct | the section may be left out; its `Default` stands for it |
//! | `#[spec(verbs)]` | struct | a word or a list of words stands for a table of empty tables; every key but `as` is such a word |
//! | `#[spec(flatten)]` | field | the keys of this section stand among the keys of the outer one |
//! | `#[spec(upper)]` | enum | the words are the variants in upper case, not in kebab case |
//! | `#[spec(word = "s3")]` | variant | the word of this variant |
//!
//! Keys are the names of the fields, without `r#`; docs become descriptions.
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Data, DeriveInput, Error, Expr, Fields, Ident, Lit, Meta, Type, Variant};

/// Derives `platgen_source::Read`; see the crate for the attributes.
#[proc_macro_derive(Read, attributes(spec))]
pub fn derive_read(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let input = syn::parse_macro_input!(input as DeriveInput);
    expand(&input).unwrap_or_else(Error::into_compile_error).into()
}

fn expand(input: &DeriveInput) -> syn::Result<TokenStream> {
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "a type of a spec has no parameters"));
    }
    match &input.data {
        Data::Struct(data) => section(input, &data.fields),
        Data::Enum(data) => choice(input, data.variants.iter()),
        Data::Union(_) => Err(Error::new_spanned(input, "a union cannot stand in a spec")),
    }
}

/// The fields of a section, side by side: those with a key, and sections that are flattened.
#[derive(Default)]
struct Columns<'a> {
    idents: Vec<&'a Ident>,
    keys: Vec<String>,
    types: Vec<&'a Type>,
    docs: Vec<TokenStream>,
    flat_idents: Vec<&'a Ident>,
    flat_types: Vec<&'a Type>,
}

impl<'a> Columns<'a> {
    fn of(fields: &'a Fields) -> syn::Result<Self> {
        let mut columns = Self::default();
        for field in fields {
            let Some(ident) = &field.ident else {
                return Err(Error::new_spanned(field, "a section has named fields only"));
            };
            if Options::of(&field.attrs)?.has("flatten") {
                columns.flat_idents.push(ident);
                columns.flat_types.push(&field.ty);
                continue;
            }
            columns.idents.push(ident);
            columns.keys.push(ident.to_string().trim_start_matches("r#").to_owned());
            columns.types.push(&field.ty);
            columns.docs.push(documentation(&field.attrs));
        }
        Ok(columns)
    }
}

fn section(input: &DeriveInput, fields: &Fields) -> syn::Result<TokenStream> {
    let options = Options::of(&input.attrs)?;
    let name = &input.ident;
    let columns = Columns::of(fields)?;
    let Columns { keys, types, .. } = &columns;
    let doc = documentation(&input.attrs);
    let verbs = options.has("verbs");
    let read_table = if verbs { quote!(verbs) } else { quote!(section) };
    let (expansion, form) = match (&options.short, verbs) {
        (Some(_), true) => {
            return Err(Error::new_spanned(name, "a section is short, or has verbs, not both"));
        }
        (Some(short), false) => (short_expansion(short), short_form(keys, types, short, name)?),
        (None, true) => (verbs_expansion(), verbs_form()),
        (None, false) => (quote!(), quote!(reference)),
    };
    if let Some(flattened) = columns.flat_types.first().filter(|_| verbs) {
        return Err(Error::new_spanned(flattened, "the verbs of an edge stand in one section"));
    }
    let said = verbs.then(|| said_verbs(name, &columns));
    let fields = fields_of(name, &columns);
    let absent = options.has("default").then(absent_by_default);
    Ok(quote! {
        #fields
        #said
        impl ::platgen_source::Read for #name {
            #absent
            fn expand(node: &mut ::platgen_source::Node) {
                #expansion
                if let Some(table) = node.table_mut() {
                    <Self as ::platgen_source::Section>::expand_fields(table);
                }
            }
            fn read(
                node: &::platgen_source::Node,
                reader: &mut ::platgen_source::Reader,
            ) -> Option<Self> {
                let fields = <Self as ::platgen_source::Section>::fields();
                let table = reader.#read_table(node, &fields)?;
                <Self as ::platgen_source::Section>::read_fields(table, reader)
            }
            fn schema(schemas: &mut ::platgen_source::Schemas) -> ::platgen_source::json::Value {
                let name = concat!(module_path!(), "::", stringify!(#name));
                let fields = <Self as ::platgen_source::Section>::fields();
                let reference = schemas.section(name, #doc, &fields);
                #form
            }
        }
    })
}

/// The part of a section that works on its keys, so that another section can take them in.
#[expect(clippy::cognitive_complexity, reason = "the lint counts the branches inside quote!")]
fn fields_of(name: &Ident, columns: &Columns<'_>) -> TokenStream {
    let Columns { idents, keys, types, docs, flat_idents, flat_types } = columns;
    quote! {
        impl ::platgen_source::Section for #name {
            fn fields() -> Vec<::platgen_source::Field> {
                #[allow(unused_mut, reason = "only flattened sections add to the list")]
                let mut fields = vec![#(
                    ::platgen_source::Field {
                        key: #keys,
                        doc: #docs,
                        schema: <#types as ::platgen_source::Read>::schema,
                        required: <#types as ::platgen_source::Read>::REQUIRED,
                    }
                ),*];
                #(fields.extend(<#flat_types as ::platgen_source::Section>::fields());)*
                fields
            }
            fn expand_fields(table: &mut ::platgen_source::Table) {
                #(::platgen_source::expand_field::<#types>(table, #keys);)*
                #(<#flat_types as ::platgen_source::Section>::expand_fields(table);)*
            }
            // A field may be called `table` or `reader`, and becomes a local variable here.
            fn read_fields(
                __table: &::platgen_source::Table,
                __reader: &mut ::platgen_source::Reader,
            ) -> Option<Self> {
                #(let #idents = __reader.field(__table, #keys);)*
                #(let #flat_idents =
                    <#flat_types as ::platgen_source::Section>::read_fields(__table, __reader);)*
                Some(Self { #(#idents: #idents?,)* #(#flat_idents: #flat_idents?),* })
            }
        }
    }
}

/// What stands for the section where it is left out.
fn absent_by_default() -> TokenStream {
    quote! {
        const REQUIRED: bool = false;
        fn absent() -> Option<Self> {
            Some(Self::default())
        }
    }
}

fn short_expansion(short: &str) -> TokenStream {
    quote!(::platgen_source::expand_short(node, #short);)
}

fn verbs_expansion() -> TokenStream {
    quote!(::platgen_source::expand_verbs(node);)
}

/// The words that may stand for the table: every key but `as`, which names the edge and is no verb.
fn verbs_form() -> TokenStream {
    quote! {{
        let words: Vec<&'static str> =
            fields.iter().map(|field| field.key).filter(|key| *key != "as").collect();
        schemas.verbs(&words, &reference)
    }}
}

/// Which verbs of an edge are said.
fn said_verbs(name: &Ident, columns: &Columns<'_>) -> TokenStream {
    let fields = columns.idents.iter().zip(&columns.keys).filter(|(_, key)| *key != "as");
    let (idents, words): (Vec<&&Ident>, Vec<&String>) = fields.unzip();
    quote! {
        impl ::platgen_source::Verbs for #name {
            const ALL: &'static [&'static str] = &[#(#words),*];
            fn said(&self) -> Vec<&'static str> {
                let all = [#((#words, self.#idents.is_some())),*];
                all.into_iter().filter(|(_, said)| *said).map(|(verb, _)| verb).collect()
            }
        }
    }
}

/// Either the value of the one key, or the table.
fn short_form(
    keys: &[String],
    types: &[&Type],
    short: &str,
    name: &Ident,
) -> syn::Result<TokenStream> {
    let Some(place) = keys.iter().position(|key| key == short) else {
        return Err(Error::new_spanned(name, format!("there is no field `{short}`")));
    };
    let value = types[place];
    Ok(quote!(schemas.short(<#value as ::platgen_source::Read>::schema, reference)))
}

fn choice<'a>(
    input: &DeriveInput,
    variants: impl Iterator<Item = &'a Variant>,
) -> syn::Result<TokenStream> {
    let upper = Options::of(&input.attrs)?.has("upper");
    let (mut idents, mut words) = (vec![], vec![]);
    for variant in variants {
        if !variant.fields.is_empty() {
            return Err(Error::new_spanned(variant, "a choice has plain variants only"));
        }
        let word = Options::of(&variant.attrs)?.word;
        idents.push(&variant.ident);
        words.push(word.unwrap_or_else(|| word_of(&variant.ident.to_string(), upper)));
    }
    let name = &input.ident;
    Ok(quote! {
        impl #name {
            /// The word that stands for this in a spec.
            pub fn word(self) -> &'static str {
                match self { #(Self::#idents => #words),* }
            }
        }
        impl ::platgen_source::Read for #name {
            fn read(
                node: &::platgen_source::Node,
                reader: &mut ::platgen_source::Reader,
            ) -> Option<Self> {
                let place = reader.word(node, &[#(#words),*])?;
                [#(Self::#idents),*].into_iter().nth(place)
            }
            fn schema(_: &mut ::platgen_source::Schemas) -> ::platgen_source::json::Value {
                ::platgen_source::json::json!({ "type": "string", "enum": [#(#words),*] })
            }
        }
    })
}

/// The attributes that have no value.
const FLAGS: [&str; 4] = ["default", "flatten", "upper", "verbs"];

#[derive(Default)]
struct Options {
    short: Option<String>,
    word: Option<String>,
    flags: Vec<String>,
}

impl Options {
    fn of(attributes: &[Attribute]) -> syn::Result<Self> {
        let mut options = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("spec")) {
            attribute.parse_nested_meta(|meta| {
                let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
                match name.as_str() {
                    "short" => options.short = Some(text(&meta)?),
                    "word" => options.word = Some(text(&meta)?),
                    _ if FLAGS.contains(&name.as_str()) => options.flags.push(name),
                    _ => return Err(meta.error("unknown attribute")),
                }
                Ok(())
            })?;
        }
        Ok(options)
    }

    fn has(&self, flag: &str) -> bool {
        self.flags.iter().any(|given| given == flag)
    }
}

fn text(meta: &syn::meta::ParseNestedMeta<'_>) -> syn::Result<String> {
    Ok(meta.value()?.parse::<syn::LitStr>()?.value())
}

/// The lines of the doc comment, joined. Docs that a macro puts together, `#[doc = concat!(...)]`, are
/// no literals yet and are taken as they are.
fn documentation(attributes: &[Attribute]) -> TokenStream {
    let mut lines: Vec<TokenStream> = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("doc")) {
        let Meta::NameValue(meta) = &attribute.meta else { continue };
        lines.push(match text_of(&meta.value) {
            Some(text) => {
                let line = text.trim();
                quote!(#line)
            }
            None => meta.value.to_token_stream(),
        });
    }
    let joints = std::iter::once("").chain(std::iter::repeat("\n"));
    let joints = joints.take(lines.len());
    quote!(concat!(#(#joints, #lines),*))
}

fn text_of(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// `PerZone` is `per-zone`, or `PERZONE` in upper case.
fn word_of(variant: &str, upper: bool) -> String {
    if upper {
        return variant.to_uppercase();
    }
    let mut word = String::new();
    for (place, letter) in variant.chars().enumerate() {
        if letter.is_uppercase() && place > 0 {
            word.push('-');
        }
        word.extend(letter.to_lowercase());
    }
    word
}

#[cfg(test)]
mod tests;
