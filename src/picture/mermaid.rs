//! A picture as Mermaid, which forges draw in Markdown
//! (<https://mermaid.js.org/syntax/flowchart.html>).
use super::{Arrow, INTERNET, Picture};
use std::fmt::Write as _;

/// Draws a picture as a flowchart.
pub fn mermaid(picture: &Picture) -> String {
    let mut out = "flowchart LR\n".to_owned();
    if picture.comes_in() || picture.goes_out() {
        let _ = writeln!(out, "  {INTERNET}((internet))");
    }
    for group in &picture.groups {
        let _ = writeln!(out, "  subgraph {}", group.module);
        for tile in &group.boxes {
            let tier = tile.tier.map(|tier| format!("<br><i>{tier}</i>")).unwrap_or_default();
            let _ = writeln!(out, "    {}[\"{}{tier}\"]", tile.id, tile.name);
        }
        out.push_str("  end\n");
    }
    picture.arrows.iter().for_each(|arrow| out.push_str(&line(arrow)));
    out
}

fn line(arrow: &Arrow) -> String {
    let Arrow { from, to, label, declared } = arrow;
    let shaft = if *declared { "-->" } else { "-.->" };
    let label = if label.is_empty() { String::new() } else { format!("|{label}|") };
    format!("  {from} {shaft}{label} {to}\n")
}
