//! The code of a function: a package that platgen makes, an archive in a bucket, or an image.
pub(super) mod exclude;
mod package;
mod zip;

use super::runtime::{Language, Runtime, Support};
use super::spec::{CodeSpec, FunctionSpec};
use crate::compute::task::image::{ImageName, PrivateRepository};
use crate::files::Package;
use crate::kind::{Resolving, ThingId};
use platgen_source::diagnostics::code;

/// The code of a function, decided.
#[derive(Debug)]
pub enum Code {
    /// An archive, and what runs it.
    Archive {
        /// Where it is.
        archive: Archive,
        /// What runs it.
        runtime: Runtime,
        /// What of it is called.
        handler: String,
    },
    /// A container image.
    Image {
        /// Its name.
        name: ImageName,
        /// The command, in place of the image's.
        command: Option<Vec<String>>,
        /// The program that takes the command, in place of the image's.
        entrypoint: Option<Vec<String>>,
    },
}

/// Where an archive is.
#[derive(Debug)]
pub enum Archive {
    /// In the output.
    Package(Package),
    /// In a bucket.
    Bucket(CodeSpec),
}

/// The handler of a program that has no other: nothing reads it, and Lambda wants one.
const BOOTSTRAP: &str = "bootstrap";

impl Code {
    /// Decides where the code comes from. None if the spec does not say, which is a finding.
    pub(super) fn resolve(
        spec: &FunctionSpec,
        id: &ThingId,
        resolving: &mut Resolving<'_>,
    ) -> Option<Self> {
        if !has_one_origin(spec, id, resolving) {
            return None;
        }
        superfluous(spec, id, resolving);
        if let Some(image) = &spec.image {
            check_image(image, id, resolving);
            let (command, entrypoint) = (spec.command.clone(), spec.entrypoint.clone());
            return Some(Self::Image { name: image.clone(), command, entrypoint });
        }
        let archive = archive(spec, id, resolving);
        let runtime = runtime(spec, id, resolving);
        let handler = handler(spec, id, resolving);
        let (archive, runtime, handler) = (archive?, runtime?, handler?);
        check_handler(&archive, runtime, &handler, spec, id, resolving);
        Some(Self::Archive { archive, runtime, handler })
    }
}

/// The keys that say where the code comes from, and which of them are set.
fn origins(spec: &FunctionSpec) -> [(&'static str, bool); 3] {
    [
        ("source", spec.source.is_some()),
        ("image", spec.image.is_some()),
        ("code", spec.code.is_some()),
    ]
}

/// Whether the spec says where the code is. What says it a second time is a finding.
fn has_one_origin(spec: &FunctionSpec, id: &ThingId, resolving: &mut Resolving<'_>) -> bool {
    let origins = origins(spec);
    let mut said = origins.iter().filter(|(_, is_said)| *is_said).map(|(key, _)| *key);
    let Some(first) = said.next() else {
        let message = "nothing says where the code is";
        let help = "set `source` to a folder beside the spec, or `image`, or `code`";
        resolving.find_with(&code::MISSING_KEY, &id.path(), message, help);
        return false;
    };
    for other in said {
        let message = format!("`{first}` says already where the code is");
        resolving.find(&code::CONFLICT, &id.path().key(other), message);
    }
    true
}

/// Keys that say nothing to code of this origin.
fn superfluous(spec: &FunctionSpec, id: &ThingId, resolving: &mut Resolving<'_>) {
    let of_archives = [
        ("runtime", spec.runtime.is_some()),
        ("handler", spec.handler.is_some()),
        ("layers", !spec.layers.is_empty()),
    ];
    let of_images =
        [("command", spec.command.is_some()), ("entrypoint", spec.entrypoint.is_some())];
    let keys: &[_] = if spec.image.is_some() { &of_archives } else { &of_images };
    let origin = if spec.image.is_some() { "an image" } else { "an archive" };
    for (key, _) in keys.iter().filter(|(_, is_said)| *is_said) {
        let message = format!("`{key}` says nothing to code that is {origin}");
        resolving.find(&code::CONFLICT, &id.path().key(key), message);
    }
    if !spec.exclude.is_empty() && spec.source.is_none() {
        let message = "`exclude` says nothing without `source`: nothing is packed";
        resolving.find(&code::CONFLICT, &id.path().key("exclude"), message);
    }
}

/// Lambda runs images of private repositories of ECR, in its own region
/// (<https://docs.aws.amazon.com/lambda/latest/dg/images-create.html>).
fn check_image(image: &ImageName, id: &ThingId, resolving: &mut Resolving<'_>) {
    let place = id.path().key("image");
    let Some(repository) = PrivateRepository::of(image.as_str()) else {
        let message = "Lambda runs images of private repositories of ECR, and of no other registry";
        let help = "push it to <account>.dkr.ecr.<region>.amazonaws.com/<repository>";
        resolving.find_with(&code::IMPOSSIBLE, &place, message, help);
        return;
    };
    let region = &resolving.head.region;
    if repository.region != *region {
        let message =
            format!("the image is in {}, and the function in {region}", repository.region);
        let help = "Lambda runs images of its own region: push it there as well";
        resolving.find_with(&code::IMPOSSIBLE, &place, message, help);
    }
}

fn archive(spec: &FunctionSpec, id: &ThingId, resolving: &mut Resolving<'_>) -> Option<Archive> {
    if let Some(source) = &spec.source {
        let place = id.path().key("source");
        let package = Package::of(source.as_str(), &spec.exclude, &place, resolving);
        return package.map(Archive::Package);
    }
    spec.code.clone().map(Archive::Bucket)
}

fn runtime(spec: &FunctionSpec, id: &ThingId, resolving: &mut Resolving<'_>) -> Option<Runtime> {
    let Some(runtime) = spec.runtime else {
        let message = "the key `runtime` is missing: code that is an archive needs one";
        resolving.find(&code::MISSING_KEY, &id.path(), message);
        return None;
    };
    let place = id.path().key("runtime");
    match runtime.support() {
        Support::Kept => {}
        Support::Ended(day) => {
            let word = runtime.word();
            let message = format!("AWS ended `{word}` on {day}: it gets no security updates");
            resolving.find(&code::OUTDATED, &place, message);
        }
        Support::Newer(version) => {
            let word = runtime.word();
            let message = format!(
                "only provider {version} and later know `{word}`, so the whole output asks for them"
            );
            resolving.find(&code::NEWER_PROVIDER, &place, message);
        }
    }
    Some(runtime)
}

fn handler(spec: &FunctionSpec, id: &ThingId, resolving: &mut Resolving<'_>) -> Option<String> {
    let is_program = spec.runtime.is_some_and(|runtime| runtime.language() == Language::Provided);
    match &spec.handler {
        Some(handler) => Some(handler.to_string()),
        None if is_program => Some(BOOTSTRAP.to_owned()),
        None => {
            let message = "the key `handler` is missing: it says what of the code is called";
            resolving.find(&code::MISSING_KEY, &id.path(), message);
            None
        }
    }
}

/// Finds a handler whose file is not in the package. A layer may bring it along.
fn check_handler(
    archive: &Archive,
    runtime: Runtime,
    handler: &str,
    spec: &FunctionSpec,
    id: &ThingId,
    resolving: &mut Resolving<'_>,
) {
    let Archive::Package(Package { files: Some(files), .. }) = archive else { return };
    let wanted = files_of(runtime.language(), handler);
    let is_there = wanted.iter().any(|file| files.contains(file));
    if wanted.is_empty() || is_there || !spec.layers.is_empty() {
        return;
    }
    let key = if spec.handler.is_some() { "handler" } else { "source" };
    let message = format!("the package has no `{}`", wanted.join("` or `"));
    let help = "name a file of the source without its ending, a dot, and what in it is called";
    resolving.find_with(&code::BAD_FILE, &id.path().key(key), message, help);
}

/// The files of which one must be there for a handler; none where its class may stand in any
/// (<https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/ruby-handler.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html>).
fn files_of(language: Language, handler: &str) -> Vec<String> {
    let named = |endings: &[&str]| -> Vec<String> {
        let (folder, name) = handler.rsplit_once('/').unwrap_or(("", handler));
        // JavaScript and Ruby take what follows the first dot, Python what follows the last.
        let split = match language {
            Language::Python => name.rsplit_once('.'),
            _ => name.split_once('.'),
        };
        let module = split.map_or(name, |(module, _)| module).replace('.', "/");
        let path = if folder.is_empty() { module } else { format!("{folder}/{module}") };
        endings.iter().map(|ending| format!("{path}{ending}")).collect()
    };
    match language {
        Language::Node => named(&[".js", ".mjs", ".cjs"]),
        Language::Python => named(&[".py", "/__init__.py"]),
        Language::Ruby => named(&[".rb"]),
        Language::Provided => vec![BOOTSTRAP.to_owned()],
        Language::Java | Language::Dotnet => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn the_file_of_a_handler_follows_the_language() {
        for (language, handler, expected) in [
            (Language::Node, "index.handler", "index.js index.mjs index.cjs"),
            (Language::Node, "src/app.lambda.run", "src/app.js src/app.mjs src/app.cjs"),
            (Language::Python, "app.main", "app.py app/__init__.py"),
            (Language::Python, "shop.orders.main", "shop/orders.py shop/orders/__init__.py"),
            (Language::Python, "src/app.main", "src/app.py src/app/__init__.py"),
            (Language::Ruby, "app.Shop::Orders.run", "app.rb"),
            (Language::Provided, "anything", "bootstrap"),
            (Language::Java, "shop.Orders::handle", ""),
            (Language::Dotnet, "Shop::Shop.Orders::Handle", ""),
        ] {
            assert_eq!(files_of(language, handler).join(" "), expected, "{handler}");
        }
    }
}
