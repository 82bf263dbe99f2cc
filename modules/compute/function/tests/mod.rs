//! Functions: what is found in fragments of a spec, and what good ones become.
mod findings;
mod lowering;
mod permissions;
mod sources;

use crate::files::MemoryFiles;
use crate::platform::Platform;
use crate::testing::{compiled, verified};
use crate::{Compiled, lower};
use platgen_terraform::Document;

/// A function of the folder `src`, which the tests put beside the spec.
const FUNCTION: &str = "
[function.web]
source = \"src\"
runtime = \"nodejs22.x\"
handler = \"index.handler\"
";

/// The files beside the specs of these tests.
fn files() -> MemoryFiles {
    let file = |(path, content): (&str, &[u8])| (path.to_owned(), content.to_vec());
    let files: [(&str, &[u8]); 7] = [
        ("src/index.js", b"exports.handler = async () => {};\n"),
        ("src/lib/util.js", b"module.exports = {};\n"),
        ("src/lib/util.js.map", b"{}"),
        ("one/main.py", b"def main(event, context):\n    return {}\n"),
        ("app.jar", b"PK\x03\x04"),
        ("text.zip", b"no archive"),
        ("native/bootstrap", b"\x7fELF"),
    ];
    MemoryFiles(files.map(file).into())
}

fn compile(environment: &str, toml: &str) -> Compiled {
    compiled(environment, toml, &files())
}

/// [`FUNCTION`] with more of a spec behind it.
fn function(more: &str) -> String {
    format!("{FUNCTION}{more}\n")
}

fn platform(toml: &str) -> Platform {
    let compiled = compile("prod", toml);
    match compiled.platform {
        Some(platform) => platform,
        None => panic!("{:#?}\nin{toml}", compiled.findings),
    }
}

/// The document of a text without errors, in production.
fn document(toml: &str) -> Document {
    verified(lower(&platform(toml)))
}
