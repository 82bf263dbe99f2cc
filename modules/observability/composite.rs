//! One alarm for the whole platform: it rings while any other does. It sends no messages, since each
//! of those has sent its own; tools and people outside look at it.
use super::alarm::{Alarm, FILE, is_here};
use super::{MODULE, section};
use crate::platform::Platform;
use platgen_terraform::{Document, Handle, Value, block, template};

/// The name of the resource of the uppermost alarm.
const NAME: &str = "platform";
/// The most alarms that one alarm can take together, and the most letters of its rule
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>).
const MOST_CHILDREN: usize = 100;
const LONGEST_RULE: usize = 10_240;
/// The letters of a rule around the name of an alarm: `ALARM("` and `") OR `.
const AROUND: usize = 13;

/// An alarm below another: its name, and its resource.
struct Child {
    aws_name: String,
    handle: Handle,
}

/// Puts the alarm of the whole platform into a document, if there are alarms. Where they are more than
/// one alarm takes, others stand between.
pub(super) fn lower(alarms: &[Alarm], platform: &Platform, out: &mut Document) {
    let mut children: Vec<Child> =
        alarms.iter().filter(|alarm| is_here(alarm)).map(child).collect();
    if children.is_empty() {
        return;
    }
    let mut between = 0;
    while groups(&children).len() > 1 {
        let group_of = |(place, group): (usize, Vec<&Child>)| {
            let number = between + place + 1;
            put(&group, &[&number.to_string()], platform, out)
        };
        let above: Vec<Child> = groups(&children).into_iter().enumerate().map(group_of).collect();
        between += above.len();
        children = above;
    }
    put(&children.iter().collect::<Vec<_>>(), &[], platform, out);
}

fn child(alarm: &Alarm) -> Child {
    Child { aws_name: alarm.aws_name.clone(), handle: alarm.handle() }
}

/// The alarms in groups that one rule can hold each.
fn groups(children: &[Child]) -> Vec<Vec<&Child>> {
    let mut groups: Vec<Vec<&Child>> = Vec::new();
    let mut letters = 0;
    for child in children {
        let more = child.aws_name.len() + AROUND;
        match groups.last_mut() {
            Some(group) if group.len() < MOST_CHILDREN && letters + more <= LONGEST_RULE => {
                group.push(child);
                letters += more;
            }
            _ => {
                groups.push(vec![child]);
                letters = more;
            }
        }
    }
    groups
}

/// An alarm that rings while any of the others does.
fn put(children: &[&Child], parts: &[&str], platform: &Platform, out: &mut Document) -> Child {
    let name = crate::names::identifier(&[&[NAME], parts].concat());
    // No alarm of the spec's own has a dot in its name.
    let aws_name =
        format!("{}.{}", platform.head.prefix.as_str(), [&[NAME], parts].concat().join("."));
    let mut rule = Vec::new();
    for (place, child) in children.iter().enumerate() {
        let joint = if place == 0 { "" } else { " OR " };
        rule.push(template![joint, "ALARM(\"", child.handle.get("alarm_name"), "\")"]);
    }
    let arguments = block! {
        alarm_name: &aws_name,
        alarm_description: format!("Something in {} needs to be looked at", platform.head.prefix.as_str()),
        alarm_rule: Value::join(rule),
        actions_enabled: false,
    };
    let mut file = out.module(MODULE).file(FILE);
    let handle = file
        .resource("aws_cloudwatch_composite_alarm", &name, arguments)
        .cause(&section())
        .create_before_destroy()
        .add();
    Child { aws_name, handle }
}
