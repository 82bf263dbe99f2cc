//! The texts beside the modules, filled from Handlebars templates. JSON is never templated.
use handlebars::Handlebars;
use platgen_terraform::{Document, Mode};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// A template, or what was put into it, is wrong. Both are platgen's own.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The template cannot be read.
    #[error("a template is wrong: {0}")]
    Template(#[from] Box<handlebars::TemplateError>),
    /// The template speaks of something that is not there.
    #[error("a template cannot be filled: {0}")]
    Fill(#[from] Box<handlebars::RenderError>),
}

const README: &str = include_str!("../templates/README.md.hbs");

/// The README of an environment: how to plan it, and where to find what.
pub fn readme(
    platform: &str,
    environment: &str,
    document: &Document,
    picture: &str,
) -> Result<String, TemplateError> {
    let outputs = document
        .outputs
        .iter()
        .map(|(name, output)| json!({ "name": name, "description": output.description }));
    let variables = document.variables.iter().map(|(name, variable)| {
        json!({
            "name": name,
            "description": variable.description,
            "required": variable.default.is_none(),
        })
    });
    let context = json!({
        "platform": platform,
        "environment": environment,
        "picture": picture,
        "modules": modules(document),
        "outputs": outputs.collect::<Vec<_>>(),
        "variables": variables.collect::<Vec<_>>(),
    });
    fill(README, &context)
}

/// Every module with its files, how many resources each file holds, and its assets.
fn modules(document: &Document) -> Vec<Json> {
    let module = |(name, content): (&&str, &platgen_terraform::Module)| {
        let mut files: BTreeMap<&str, usize> = BTreeMap::new();
        for resource in content.resources.values() {
            let made = usize::from(resource.address.mode == Mode::Managed);
            *files.entry(&resource.file).or_default() += made;
        }
        let file = |(file, resources)| json!({ "file": file, "resources": resources });
        let assets: Vec<&String> = content.assets.keys().collect();
        let files: Vec<Json> = files.into_iter().map(file).collect();
        json!({ "name": name, "files": files, "assets": assets })
    };
    document.modules.iter().map(module).collect()
}

fn fill(template: &str, context: &Json) -> Result<String, TemplateError> {
    let mut engine = Handlebars::new();
    engine.set_strict_mode(true);
    engine.register_escape_fn(handlebars::no_escape);
    engine.register_template_string("text", template).map_err(Box::new)?;
    Ok(engine.render("text", context).map_err(Box::new)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use platgen_terraform::block;
    use pretty_assertions::assert_eq;

    #[test]
    fn a_template_that_speaks_of_nothing_is_an_error() {
        assert!(matches!(fill("{{nothing}}", &json!({})), Err(TemplateError::Fill(_))));
        assert!(matches!(fill("{{#if}", &json!({})), Err(TemplateError::Template(_))));
        assert_eq!(fill("{{a}}", &json!({ "a": "<&>" })).unwrap(), "<&>");
    }

    #[test]
    fn the_readme_lists_modules_outputs_and_variables() {
        let mut document = Document::default();
        let mut file = document.module("network").file("network");
        let vpc = file.resource("aws_vpc", "main", block! {}).add();
        document.output("vpc_id", vpc.get("id"), "The id of the VPC");
        document.module("compute").asset("functions/web.zip", Vec::new());
        let text = readme("shop", "dev", &document, "flowchart LR\n").unwrap();
        for expected in [
            "# shop, dev",
            "flowchart LR",
            "`network.tf.json` | 1",
            "`vpc_id`: The id of the VPC",
            "- `functions/web.zip`",
        ] {
            assert!(text.contains(expected), "{expected:?} is not in:\n{text}");
        }
        assert!(!text.contains("Variables"));
    }
}
