//! From a [`Document`] to the bytes of its files. Assets are written as they are.
//!
//! Every text of a document is escaped here and nowhere else, by the position it stands in:
//! a *template* position (arguments, locals, values of outputs and their map keys), a *reference*
//! position (`depends_on`, `ignore_changes`, `provider`), or a *literal* position (types,
//! descriptions, defaults, versions, the backend). `escape` and `expression` write the first,
//! `body` a resource, `module` and `root` the files.
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use crate::document::Document;
use crate::link::Links;
use crate::schema::Schema;

mod body;
mod escape;
mod expression;
mod module;
mod root;

/// The files of one environment root: path with `/`, and content.
pub type Tree = BTreeMap<String, Vec<u8>>;

/// Renders a document as Terraform JSON: one key per line, two spaces, keys sorted, a newline at
/// the end. Empty files and empty sections are left out.
///
/// A document that verification finds fault with is rendered as well as it can be.
pub fn render(document: &Document, schema: &Schema) -> Tree {
    let links = Links::new(document, schema);
    let mut files = Files::default();
    root::write(&mut files, document, schema, &links);
    for (name, module) in &document.modules {
        module::write(&mut files, document, schema, &links, (*name, module));
    }
    let mut tree = files.into_tree();
    for (name, module) in &document.modules {
        let asset = |(path, content): (&String, &Arc<[u8]>)| {
            (format!("modules/{name}/{path}"), content.to_vec())
        };
        tree.extend(module.assets.iter().map(asset));
    }
    tree
}

/// The files under construction, each one object of sections.
#[derive(Debug, Default)]
struct Files(BTreeMap<String, Json>);

impl Files {
    /// Puts content at `section.label.label` of a file. Content of one section always stands
    /// below the same number of labels, so none is ever looked for inside of other content.
    fn insert(&mut self, path: String, labels: &[&str], content: Json) {
        let file = self.0.entry(path).or_default();
        *labels.iter().fold(file, |place, label| &mut place[*label]) = content;
    }

    fn into_tree(self) -> Tree {
        self.0.into_iter().map(|(path, content)| (path, pretty(&content))).collect()
    }
}

/// JSON as every file of an output has it: one key per line, two spaces, a newline at the end.
pub fn pretty(content: &Json) -> Vec<u8> {
    // Of a value in memory nothing can fail to be written.
    let mut bytes = serde_json::to_vec_pretty(content).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
