//! Answers about edges.
use super::answer::{EdgeAnswer, RightAnswer};
use super::{Subject, resources};
use platgen_modules::connect::graph::{Graph, LinkOrigin, Node};
use platgen_modules::connect::iam::{Effect, Statement};
use platgen_modules::connect::{Declared, Grant, PortRule, Reach};

/// The edges from one end to another, one hop.
pub(super) fn between(subject: Subject<'_>, from: &Node, to: &Node) -> Vec<EdgeAnswer> {
    let mut answers = of_grants(subject, |grant| {
        let consumer = Node::Thing(grant.consumer.clone());
        let leaves = *to == Node::Internet && leads_out(grant);
        consumer == *from && (leaves || grant.target.clone().map(Node::Thing).as_ref() == Some(to))
    });
    answers.extend(links(subject, |link_from, link_to| link_from == from && link_to == to));
    answers
}

/// The edges that give a right to an action, whatever the letters' case: IAM does not look at it
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html>).
pub(super) fn with_action(subject: Subject<'_>, action: &str) -> Vec<EdgeAnswer> {
    let allows = |statement: &Statement| {
        statement.actions.iter().any(|known| known.eq_ignore_ascii_case(action))
    };
    let mut answers =
        of_grants(subject, |grant| grant.task.iter().chain(&grant.execution).any(allows));
    for answer in &mut answers {
        answer
            .rights
            .retain(|right| right.actions.iter().any(|known| known.eq_ignore_ascii_case(action)));
    }
    answers
}

/// The edges that open a port, or lead out at it.
pub(super) fn with_port(subject: Subject<'_>, port: u16) -> Vec<EdgeAnswer> {
    let mut answers = of_grants(subject, |grant| {
        let opens = grant.ports.iter().any(|rule| rule.port == port);
        opens || grant.reach.iter().any(|reach| leads_out_at(*reach, port))
    });
    for thing in subject.lowered.platform.things.all() {
        for open in thing.open_ports(&subject.lowered.platform) {
            if open.port == port {
                let mut answer = blank(subject, &open.cause, "open");
                answer.from = open.from.to_string();
                answer.to = thing.id().to_string();
                answer.ports = vec![format!("{port}/{} {}", open.protocol.word(), open.name)];
                answers.push(answer);
            }
        }
    }
    answers
}

/// Every edge, with and without a grant.
pub(super) fn all(subject: Subject<'_>) -> Vec<EdgeAnswer> {
    let mut answers = of_grants(subject, |_| true);
    answers.extend(links(subject, |_, _| true));
    answers
}

fn leads_out(grant: &Grant) -> bool {
    grant.reach.iter().any(|reach| reach.is_public())
}

/// AWS APIs are reached at the port of HTTPS, as is whatever a rule for every port leads to.
fn leads_out_at(reach: Reach, port: u16) -> bool {
    match reach {
        Reach::Internet(None) => true,
        Reach::Internet(Some(open)) | Reach::Range(_, open, _) => open == port,
        Reach::Gateway(_) | Reach::Interface(_) => port == 443,
    }
}

/// The edges whose grants fit.
pub(super) fn of_grants(subject: Subject<'_>, fits: impl Fn(&&Grant) -> bool) -> Vec<EdgeAnswer> {
    let grants = subject.lowered.platform.connections.all().iter();
    grants.filter(fits).map(|grant| of_grant(subject, grant)).collect()
}

/// The links without a grant that fit: triggers, and doors to the internet.
fn links(subject: Subject<'_>, fits: impl Fn(&Node, &Node) -> bool) -> Vec<EdgeAnswer> {
    let graph = Graph::of(&subject.lowered.platform);
    let mut answers = Vec::new();
    for link in graph.links() {
        let comes_in = link.origin == LinkOrigin::Open && link.from == Node::Internet;
        let is_extra = comes_in || link.origin == LinkOrigin::Feeds;
        if is_extra && fits(&link.from, &link.to) {
            let mut answer = blank(subject, &link.cause, link.origin.word());
            answer.from = link.from.to_string();
            answer.to = link.to.to_string();
            answers.push(answer);
        }
    }
    answers
}

fn of_grant(subject: Subject<'_>, grant: &Grant) -> EdgeAnswer {
    let origin = match grant.declared {
        Declared::InUses => LinkOrigin::Declared,
        Declared::Implied => LinkOrigin::Implied,
    };
    let target = grant.target.as_ref().map(ToString::to_string);
    let outside = || if leads_out(grant) { "internet" } else { "AWS" }.to_owned();
    let rights = [("task", &grant.task), ("execution", &grant.execution)];
    EdgeAnswer {
        from: grant.consumer.to_string(),
        to: target.unwrap_or_else(outside),
        ports: grant.ports.iter().map(port).collect(),
        reach: grant.reach.iter().map(|reach| way(*reach)).collect(),
        rights: rights
            .into_iter()
            .flat_map(|(role, of)| of.iter().map(|s| right(role, s)))
            .collect(),
        sender: grant
            .sender
            .as_ref()
            .map(|sender| format!("{} for {}", sender.service, sender.source)),
        variables: grant
            .variables
            .iter()
            .map(|(name, value)| format!("{name} = {value}"))
            .collect(),
        secrets: grant.secrets.iter().map(|(name, value)| format!("{name} = {value}")).collect(),
        ..blank(subject, &grant.cause, origin.word())
    }
}

/// An edge that gives nothing yet, with the resources that its line is a cause of.
fn blank(
    subject: Subject<'_>,
    cause: &platgen_source::diagnostics::SpecPath,
    origin: &'static str,
) -> EdgeAnswer {
    EdgeAnswer {
        from: String::new(),
        to: String::new(),
        origin,
        because: subject.because(cause),
        said: subject.lowered.said(cause).map(platgen_source::Node::json),
        ports: Vec::new(),
        reach: Vec::new(),
        rights: Vec::new(),
        sender: None,
        variables: Vec::new(),
        secrets: Vec::new(),
        resources: resources::caused_by(subject, cause),
    }
}

fn port(rule: &PortRule) -> String {
    format!("{}/{} {}", rule.port, rule.protocol.word(), rule.name)
}

fn way(reach: Reach) -> String {
    match reach {
        Reach::Gateway(service) | Reach::Interface(service) => format!("AWS {service}"),
        Reach::Internet(Some(port)) => format!("internet:{port}"),
        Reach::Internet(None) => "internet, every port".to_owned(),
        Reach::Range(range, port, protocol) => format!("{range}:{port}/{}", protocol.word()),
    }
}

pub(super) fn right(role: &'static str, statement: &Statement) -> RightAnswer {
    let denies = statement.effect == Effect::Deny;
    let action =
        |action: &&str| if denies { format!("not {action}") } else { (*action).to_owned() };
    let condition = |condition: &platgen_modules::connect::iam::Condition| {
        let values: Vec<String> = condition.values.iter().map(ToString::to_string).collect();
        format!("{} {} {}", condition.key, condition.test, values.join(", "))
    };
    RightAnswer {
        role,
        actions: statement.actions.iter().map(action).collect(),
        resources: statement.resources.iter().map(|arn| arn.value.to_string()).collect(),
        conditions: statement.conditions.iter().map(condition).collect(),
    }
}
