//! `platgen graph`: a picture of things and edges.
use super::tell::Teller;
use super::{Drawing, Ending, GraphOptions};
use crate::explain::{Subject, whole};
use crate::picture::{Picture, dot, mermaid, svg};

pub(super) fn run(options: &GraphOptions) -> Ending {
    let mut teller = Teller::new(super::Format::Text);
    let ending = draw(options, &mut teller).unwrap_or_else(|ending| ending);
    teller.end(ending)
}

fn draw(options: &GraphOptions, teller: &mut Teller) -> Result<Ending, Ending> {
    let environments: Vec<String> = options.environment.iter().cloned().collect();
    let understood = teller.understand(&options.spec, &environments)?;
    if understood.report.has_errors() {
        return Ok(Ending::SpecAtFault);
    }
    let lowered = teller.one_of(&understood.lowered)?;
    let picture = Picture::of(lowered);
    teller.text(&match options.format {
        Drawing::Mermaid => mermaid(&picture),
        Drawing::Dot => dot(&picture),
        Drawing::Svg => svg(&picture),
        Drawing::Json => {
            let (sources, files) = (&understood.report.sources, &understood.files);
            let whole = whole(Subject { lowered, sources, files });
            format!("{:#}\n", serde_json::to_value(&whole).unwrap_or_default())
        }
    });
    Ok(Ending::Fine)
}
