//! Diagnostics of platgen: what can be wrong with a spec, and how a user sees it.
//!
//! Takes findings that name a path, gives text under the source line or JSON.
//!
//! *Invariants*: it knows nothing of platforms, reads no file, prints nothing. Codes are stable and
//! never reused. The same findings give the same report in any order they come.
pub mod code;
mod diagnostic;
mod path;
mod report;

pub use annotate_snippets::Renderer;
pub use code::{Code, Severity};
pub use diagnostic::{Diagnostic, FileId, Place, Span, listed, nearest, suggestion};
pub use path::{SpecPath, Step};
pub use report::{Located, Report, Source, SourceLine, Sources};
