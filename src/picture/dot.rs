//! A picture in the language of Graphviz (<https://graphviz.org/doc/info/lang.html>).
use super::{INTERNET, Picture};
use std::fmt::Write as _;

/// Draws a picture as a directed graph.
pub fn dot(picture: &Picture) -> String {
    let mut out = format!("digraph {:?} {{\n  rankdir=LR;\n  node [shape=box];\n", picture.title);
    if picture.comes_in() || picture.goes_out() {
        let _ = writeln!(out, "  {INTERNET} [shape=ellipse];");
    }
    for group in &picture.groups {
        let _ = writeln!(out, "  subgraph cluster_{0} {{\n    label={0:?};", group.module);
        for tile in &group.boxes {
            let tier = tile.tier.map(|tier| format!("\\n{tier}")).unwrap_or_default();
            let _ = writeln!(out, "    {} [label=\"{}{tier}\"];", tile.id, tile.name);
        }
        out.push_str("  }\n");
    }
    for arrow in &picture.arrows {
        let style = if arrow.declared { "solid" } else { "dashed" };
        let _ = writeln!(
            out,
            "  {} -> {} [label={:?}, style={style}];",
            arrow.from, arrow.to, arrow.label
        );
    }
    out.push_str("}\n");
    out
}
