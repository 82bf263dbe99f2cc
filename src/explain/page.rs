//! How an answer looks on a terminal.
use super::answer::{Answer, ArgumentAnswer, Because, EdgeAnswer, ResourceAnswer, RightAnswer};
use std::fmt::{self, Write as _};

/// The longest value of an argument that is shown whole.
const LONGEST_VALUE: usize = 100;

/// Names environments.
pub(super) fn environments(names: &[String]) -> String {
    let word = if names.len() == 1 { "environment" } else { "environments" };
    format!("{word} {}", names.join(", "))
}

impl fmt::Display for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}, {}", self.subject, environments(&self.environments))?;
        self.because.iter().try_for_each(|because| writeln!(out, "  {because}"))?;
        if self.is_empty() {
            writeln!(out, "  nothing")?;
        }
        for edge in &self.edges {
            write!(out, "\n{edge}")?;
        }
        if !self.resources.is_empty() {
            writeln!(out, "\nresources")?;
        }
        self.resources.iter().try_for_each(|resource| resource.fmt(out))
    }
}

impl fmt::Display for Because {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.file, self.line, &self.text) {
            (Some(file), Some(line), Some(text)) => {
                write!(out, "{} at {file}:{line}: {text}", self.path)
            }
            _ => out.write_str(&self.path),
        }
    }
}

impl fmt::Display for EdgeAnswer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{} -> {} ({})", self.from, self.to, self.origin)?;
        writeln!(out, "  because  {}", self.because)?;
        let mut list = |name: &str, items: &[String]| -> fmt::Result {
            for (place, item) in items.iter().enumerate() {
                let name = if place == 0 { name } else { "" };
                writeln!(out, "  {name:<9}{item}")?;
            }
            Ok(())
        };
        list("port", &self.ports)?;
        list("reach", &self.reach)?;
        let rights: Vec<String> = self.rights.iter().map(ToString::to_string).collect();
        list("right", &rights)?;
        list("sender", self.sender.as_slice())?;
        list("variable", &self.variables)?;
        list("secret", &self.secrets)?;
        list("resource", &self.resources)
    }
}

impl fmt::Display for RightAnswer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = format!("{}: {}", self.role, self.actions.join(" "));
        let _ = write!(text, " on {}", self.resources.join(" "));
        if !self.conditions.is_empty() {
            let _ = write!(text, " if {}", self.conditions.join(" and "));
        }
        out.write_str(&text)
    }
}

impl fmt::Display for ResourceAnswer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let change = self.change.map(|change| format!("{change} ")).unwrap_or_default();
        writeln!(out, "  {change}{} in {}", self.address, self.file)?;
        self.because.iter().try_for_each(|because| writeln!(out, "    because {because}"))?;
        for argument in &self.arguments {
            argument.fmt(out)?;
            // What a line sets comes from that line.
            if argument.because.is_empty() && self.change.is_none() {
                writeln!(out, "      from a default")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for ArgumentAnswer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut value: String = self.value.chars().take(LONGEST_VALUE).collect();
        if value.len() < self.value.len() {
            value.push('…');
        }
        writeln!(out, "    {} = {value}", self.name)?;
        self.because.iter().try_for_each(|because| writeln!(out, "      from {because}"))
    }
}
