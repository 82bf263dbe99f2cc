//! A picture as SVG, drawn without any other program.
use super::layout::{Area, Layout, TILE, layout};
use super::{INTERNET, Picture};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// The look of everything, in colours that every viewer knows. Those with a dark screen get darker
/// ones, if their viewer can tell. Words stand out from the lines that they cross.
const STYLE: &str = "\
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .paper { fill: #ffffff }
  .band { fill: #f1f3f5 }
  .module { font-weight: 600 }
  .tile { fill: #ffffff; stroke: #1f2328 }
  .tier, .label { font-size: 11px; fill: #59636e }
  .label { paint-order: stroke; stroke: #f1f3f5; stroke-width: 4px }
  .arrow { fill: none; stroke: #818b98 }
  .head { fill: #59636e }
  .implied { stroke-dasharray: 5 4 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .paper, .tile { fill: #0d1117 }
    .tile { stroke: #f0f6fc }
    .band { fill: #1a2029 }
    .tier, .label, .head { fill: #9198a1 }
    .label { stroke: #1a2029 }
  }
";

/// Draws a picture.
pub fn svg(picture: &Picture) -> String {
    let layout = layout(picture);
    let (width, height) = layout.size;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\">\n<title>{}</title>\n<style>\n{STYLE}</style>\n\
         <defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" \
         markerHeight=\"8\" orient=\"auto\"><path class=\"head\" d=\"M0 0 8 4 0 8z\"/></marker></defs>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n",
        escaped(&picture.title)
    );
    for (module, area) in &layout.bands {
        out.push_str(&rectangle(*area, "band", 8));
        out.push_str(&text(area.x + 10, area.y + 18, "module", module));
    }
    draw_arrows(picture, &layout, &mut out);
    for (tile, area) in &layout.tiles {
        out.push_str(&rectangle(*area, "tile", 4));
        out.push_str(&text(area.x + 10, area.y + 19, "name", &tile.name));
        let tier = tile.tier.map(|tier| format!("{tier} subnets")).unwrap_or_default();
        out.push_str(&text(area.x + 10, area.y + 36, "tier", &tier));
    }
    let ends = [picture.comes_in(), picture.goes_out()];
    for (area, _) in layout.internet.into_iter().zip(ends).filter(|(_, is_used)| *is_used) {
        out.push_str(&rectangle(area, "tile", TILE.1 / 2));
        out.push_str(&text(area.x + 14, area.y + 27, "name", INTERNET));
    }
    out.push_str("</svg>\n");
    out
}

/// Curves from the right side of one thing to the left side of the other. What they allow stands
/// before their ends, once for all that allow the same.
fn draw_arrows(picture: &Picture, layout: &Layout<'_>, out: &mut String) {
    let [comes_from, goes_to] = layout.internet;
    let area = |id: &str, internet| match id {
        INTERNET => Some(internet),
        thing => layout.areas.get(thing).copied(),
    };
    let mut labels: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for arrow in &picture.arrows {
        let ends = area(&arrow.from, comes_from).zip(area(&arrow.to, goes_to));
        let Some((from, to)) = ends else { continue };
        let class = if arrow.declared { "arrow" } else { "arrow implied" };
        let (start, end) =
            ((from.x + from.width, from.y + from.height / 2), (to.x, to.y + to.height / 2));
        let bend = ((end.0 - start.0).abs() / 2).max(45);
        let _ = writeln!(
            out,
            "<path class=\"{class}\" marker-end=\"url(#head)\" d=\"M{} {}C{} {} {} {} {} {}\"/>",
            start.0,
            start.1,
            start.0 + bend,
            start.1,
            end.0 - bend,
            end.1,
            end.0,
            end.1
        );
        let told = labels.entry(&arrow.to).or_default();
        if !arrow.label.is_empty() && told.insert(&arrow.label) {
            let above = 5 + 12 * i32::try_from(told.len() - 1).unwrap_or_default();
            let (x, y, label) = (end.0 - 12, end.1 - above, escaped(&arrow.label));
            let _ = writeln!(
                out,
                "<text class=\"label\" text-anchor=\"end\" x=\"{x}\" y=\"{y}\">{label}</text>"
            );
        }
    }
}

fn rectangle(area: Area, class: &str, radius: i32) -> String {
    let Area { x, y, width, height } = area;
    format!(
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/>\n"
    )
}

fn text(x: i32, y: i32, class: &str, words: &str) -> String {
    if words.is_empty() {
        return String::new();
    }
    format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>\n", escaped(words))
}

/// Names have no such letters, but a picture must stay sound whatever it is made of.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
