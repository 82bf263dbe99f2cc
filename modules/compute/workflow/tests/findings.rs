//! What is refused, and where.
use super::{MAIL, OTHERS, one_state};
use crate::testing::{findings, found};
use pretty_assertions::assert_eq;

/// The findings of a first state with these keys, each without the place of the state before it.
fn faults(keys: &str) -> Vec<(&'static str, String)> {
    let found = found(&one_state(keys));
    let short = |path: String| {
        path.trim_start_matches("workflow.order.state.A").trim_start_matches('.').to_owned()
    };
    found.into_iter().map(|(code, path)| (code, short(path))).collect()
}

#[test]
fn a_state_does_one_thing_and_says_what_follows() {
    for (keys, code, path) in [
        ("next = \"Z\"", "PG0101", ""),
        ("pass = 1\nwait = \"1s\"\nnext = \"Z\"", "PG0108", "pass"),
        ("pass = 1", "PG0101", ""),
        ("pass = 1\nnext = \"Z\"\nend = \"succeed\"", "PG0108", "end"),
        ("pass = 1\nnext = \"Z\"\ntimeout = \"1h\"", "PG0108", "timeout"),
        ("wait = \"1h\"\nnext = \"Z\"\ncatch.\"States.ALL\" = \"Z\"", "PG0108", "catch"),
        ("choice = [{ if = \"$.a is present\", next = \"Z\" }]", "PG0101", ""),
        (
            "choice = [{ if = \"$.a is present\", next = \"Z\" }]\ndefault = \"Z\"\nnext = \"Z\"",
            "PG0108",
            "next",
        ),
        ("choice = []\ndefault = \"Z\"", "PG0104", "choice"),
        (
            "choice = [{ if = \"$.a = 1\", next = \"Z\" }]\ndefault = \"Z\"",
            "PG0106",
            "choice[0].if",
        ),
        ("wait = { for = \"1h\", until = \"$.a\" }\nnext = \"Z\"", "PG0108", "wait"),
        ("wait = {}\nnext = \"Z\"", "PG0108", "wait"),
        ("wait = { until = \"tomorrow\" }\nnext = \"Z\"", "PG0106", "wait.until"),
        ("wait = \"400d\"\nnext = \"Z\"", "PG0104", "wait.for"),
        ("parallel.branches = {}\nnext = \"Z\"", "PG0101", "parallel"),
        ("pass = \"States.UUID()\"\nnext = \"Z\"", "PG0103", "pass"),
        ("pass = [\"$.a\", 1]\nnext = \"Z\"", "PG0103", "pass"),
        ("pass = { \"a.$\" = \"$.b\" }\nnext = \"Z\"", "PG0107", "pass.\"a.$\""),
        ("pass = { a = \"$.b.\" }\nnext = \"Z\"", "PG0106", "pass.a"),
        ("pass = { a = \"States.Nothing()\" }\nnext = \"Z\"", "PG0106", "pass.a"),
        ("pass = { a = [\"$.b\", {}] }\nnext = \"Z\"", "PG0108", "pass.a"),
        ("pass = { a = \"{table.orders.name}\" }\nnext = \"Z\"", "PG0203", "pass.a"),
        ("pass = { a = inf }\nnext = \"Z\"", "PG0103", "pass.a"),
    ] {
        assert_eq!(faults(keys), [(code, path.to_owned())], "{keys}");
    }
    let found = faults("publish = \"bids\"\ncatch.\"States.ALL\" = \"Z\"\nend = \"fail\"");
    assert_eq!(found, [("PG0108", "end".to_owned())]);
}

#[test]
fn what_is_done_fits_the_thing() {
    let key = "key = { id = \"$.id\", at = 1 }";
    for (keys, code, path) in [
        ("invoke = \"none\"", "PG0201", "invoke.function"),
        ("invoke = { function = \"charge\", payload = \"x\" }", "PG0103", "invoke.payload"),
        (
            "event = { bus = \"main\", detail_type = \"x\", source = \"aws.s3\" }",
            "PG0106",
            "event.source",
        ),
        ("event = { bus = \"main\", detail_type = \"x\", detail = 1 }", "PG0103", "event.detail"),
        ("start = { workflow = \"sub\", input = \"States.UUID()\" }", "PG0103", "start.input"),
        (
            "start = { workflow = \"quick\", wait = \"callback\" }\ntimeout = \"1h\"",
            "PG0401",
            "start.wait",
        ),
        ("get = { table = \"orders\", key = { id = \"$.id\" } }", "PG0108", "get.key"),
        (
            "delete = { table = \"orders\", key = { other = 1, id = \"x\", at = 1 } }",
            "PG0108",
            "delete.key",
        ),
        ("put = { table = \"orders\", item = { id = \"$.id\" } }", "PG0101", "put.item"),
        (&format!("update = {{ table = \"orders\", {key} }}"), "PG0101", "update"),
        (
            &format!("update = {{ table = \"orders\", {key}, set = {{ at = 2 }} }}"),
            "PG0108",
            "update",
        ),
        (
            &format!(
                "update = {{ table = \"orders\", {key}, set = {{ a = 2 }}, remove = [\"a\"] }}"
            ),
            "PG0108",
            "update",
        ),
        ("run = { job = \"again\", env = { A = 1 } }", "PG0108", "run.env"),
    ] {
        assert_eq!(faults(&format!("{keys}\nnext = \"Z\"")), [(code, path.to_owned())], "{keys}");
    }
}

#[test]
fn times_and_retries_fit_together() {
    for (keys, code, path) in [
        ("publish = \"bids\"\nselect = \"$.a\"", "PG0103", "select"),
        ("publish = \"bids\"\ntimeout = \"1h\"\nheartbeat = \"1h\"", "PG0108", "heartbeat"),
        ("publish = \"bids\"\ntimeout = \"366d\"", "PG0104", "timeout"),
        ("publish = { topic = \"bids\", wait = \"callback\" }", "PG0510", ""),
        ("publish = \"bids\"\nretry = { backoff = 0.5 }", "PG0104", "retry[0].backoff"),
        (
            "publish = \"bids\"\nretry = [{ on = \"States.ALL\" }, \"standard\"]",
            "PG0108",
            "retry[0]",
        ),
        ("publish = \"bids\"\nretry = { on = [\"States.ALL\", \"X\"] }", "PG0108", "retry[0]"),
        (
            "publish = \"bids\"\nretry = { interval = \"5m\", max_delay = \"1m\" }",
            "PG0108",
            "retry[0].max_delay",
        ),
        ("publish = \"bids\"\nretry = { interval = \"400d\" }", "PG0104", "retry[0].interval"),
        (
            "map = { over = \"$.l\", with = { item = 1 }, start = \"B\", state.B = { end = \"succeed\" } }",
            "PG0404",
            "map.with.item",
        ),
    ] {
        assert_eq!(faults(&format!("{keys}\nnext = \"Z\"")), [(code, path.to_owned())], "{keys}");
    }
    for keys in [
        "publish = { topic = \"bids\", wait = \"callback\" }\ntimeout = \"1d\"",
        "publish = { topic = \"bids\", wait = \"callback\" }\nheartbeat = \"1h\"",
    ] {
        assert_eq!(faults(&format!("{keys}\nnext = \"Z\"")), [], "{keys}");
    }
    let bounded = one_state("publish = { topic = \"bids\", wait = \"callback\" }\nnext = \"Z\"");
    let bounded = bounded.replace("start = \"A\"", "start = \"A\"\ntimeout = \"30d\"");
    assert_eq!(found(&bounded), [], "the execution ends before a year");
}

#[test]
fn messages_have_a_group_where_it_is_needed_and_mails_a_template() {
    let fifo = "\n[topic.line]\nfifo = true\n[queue.line]\nfifo = true\n";
    let errors = |keys: &str, more: &str| -> Vec<(&'static str, String)> {
        let found = found(&format!("{}{more}", one_state(&format!("{keys}\nnext = \"Z\""))));
        found.into_iter().filter(|(_, path)| path.starts_with("workflow.order")).collect()
    };
    let at = |path: &str| format!("workflow.order.state.A.{path}");
    for (keys, more, expected) in [
        ("publish = \"line\"", fifo, vec![("PG0101", at("publish"))]),
        ("send = \"line\"", fifo, vec![("PG0101", at("send"))]),
        ("publish = { topic = \"line\", group = \"$.id\" }", fifo, vec![]),
        ("send = { queue = \"line\", group = \"$.id\" }", fifo, vec![]),
        ("publish = \"bids\"", fifo, vec![]),
        (
            "email = { from = \"mail\", template = \"sold-ou\", to = \"$.to\" }",
            MAIL,
            vec![("PG0201", at("email.template"))],
        ),
        (
            "email = { from = \"mail\", template = \"sold-out\", to = \"$.to.\", data = 1 }",
            MAIL,
            vec![("PG0106", at("email.to[0]")), ("PG0103", at("email.data"))],
        ),
    ] {
        assert_eq!(errors(keys, more), expected, "{keys}");
    }
}

/// The findings of a workflow with these states, each as code, place and message.
fn graph(states: &str) -> Vec<(String, String)> {
    let text =
        format!("[workflow.order]\nstart = \"A\"\n[workflow.order.state]\n{states}\n{OTHERS}");
    let found = findings(&text).into_iter();
    found.map(|(code, path, message)| (format!("{code} {path}"), message)).collect()
}

#[test]
fn states_lead_somewhere_and_to_an_end() {
    for (states, expected) in [
        ("A = { pass = 1, next = \"B\" }", vec!["PG0201 workflow.order.state.A.next"]),
        ("B = { end = \"succeed\" }", vec!["PG0201 workflow.order.start"]),
        (
            "A = { end = \"succeed\" }\nB = { end = \"succeed\" }",
            vec!["PG0401 workflow.order.state.B"],
        ),
        (
            "A = { pass = 1, next = \"B\" }\nB = { pass = 1, next = \"A\" }",
            vec!["PG0401 workflow.order.state.A", "PG0401 workflow.order.state.B"],
        ),
        (
            "A = { invoke = \"charge\", next = \"Ends\", catch.\"States.ALL\" = \"End\" }\nEnds = { end = \"succeed\" }",
            vec!["PG0201 workflow.order.state.A.catch.\"States.ALL\""],
        ),
        (
            "A = { choice = [{ if = \"$.a is present\", next = \"X\" }], default = \"Y\" }",
            vec![
                "PG0201 workflow.order.state.A.choice[0].next",
                "PG0201 workflow.order.state.A.default",
            ],
        ),
        (
            "A = { map = { over = \"$.l\", start = \"B\", state.B = { pass = 1, next = \"C\" } }, next = \"C\" }\nC = { end = \"succeed\" }",
            vec!["PG0201 workflow.order.state.A.map.state.B.next"],
        ),
        (
            "A = { parallel.branches.x = { start = \"A\", state.A = { end = \"succeed\" } }, end = \"succeed\" }",
            vec!["PG0404 workflow.order.state.A.parallel.branches.x.state.A"],
        ),
        (
            "A = { choice = [{ if = \"$.a is present\", next = \"A\" }], default = \"B\" }\nB = { end = \"succeed\" }",
            vec![],
        ),
    ] {
        let found: Vec<String> = graph(states).into_iter().map(|(found, _)| found).collect();
        let mut found = found;
        found.sort();
        assert_eq!(found, expected, "{states}");
    }
}

#[test]
fn a_result_that_is_nearly_called_like_a_state_is_a_slip() {
    let states = |path: &str| {
        format!(
            "A = {{ pass = 1, next = \"Bids\" }}\nBids = {{ pass = 1, next = \"C\" }}\n\
             C = {{ choice = [{{ if = \"{path} >= 1\", next = \"D\" }}], default = \"D\" }}\nD = {{ end = \"succeed\" }}"
        )
    };
    let found = graph(&states("$.results.Bid.count"));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "PG0201 workflow.order.state.C");
    for path in
        ["$.results.Bids.count", "$.results['Bids'].count", "$.results.Quite.other", "$.bid"]
    {
        assert_eq!(graph(&states(path)), [], "{path}");
    }
}

#[test]
fn express_workflows_are_short_and_wait_for_nobody() {
    let express = |keys: &str| {
        let text = one_state(&format!("{keys}\nnext = \"Z\""));
        found(&text.replacen("start = \"A\"", "start = \"A\"\ntype = \"express\"", 1))
    };
    let at = |path: &str| format!("workflow.order.state.A.{path}");
    for (keys, code, path) in [
        (
            "publish = { topic = \"bids\", wait = \"callback\" }\ntimeout = \"1m\"",
            "PG0401",
            "publish.wait",
        ),
        ("run = \"report\"", "PG0401", "run.wait"),
        ("start = \"sub\"", "PG0401", "start.wait"),
        ("wait = \"6m\"", "PG0104", "wait.for"),
        ("invoke = \"charge\"\ntimeout = \"10m\"", "PG0104", "timeout"),
    ] {
        assert_eq!(express(keys), [(code, at(path))], "{keys}");
    }
    for keys in
        ["start = \"quick\"", "run = { job = \"report\", wait = \"none\" }", "wait = \"5m\""]
    {
        assert_eq!(express(keys), [], "{keys}");
    }
    let callers = "[service.web]\nimage = \"a:1\"\nuses.workflow.quick = [\"start\", \"resume\", \"read\", \"stop\"]";
    let found = found(&format!("{callers}\n{OTHERS}"));
    let at = |verb| ("PG0108", format!("service.web.uses.workflow.quick.{verb}"));
    assert_eq!(found, ["resume", "read", "stop"].map(at));
}

#[test]
fn a_workflow_is_either_states_or_a_file() {
    for (keys, expected) in [
        ("", vec![("PG0101", "")]),
        (
            "definition = \"a.json\"\nstart = \"A\"",
            vec![("PG0108", "start"), ("PG0406", "definition")],
        ),
        (
            "start = \"A\"\nstate.A = { end = \"succeed\" }\ntargets.x = \"function.charge\"",
            vec![("PG0108", "targets")],
        ),
        ("definition = \"../a.json\"", vec![("PG0406", "definition")]),
        ("definition = \"a b.json\"", vec![("PG0106", "definition")]),
        (
            "start = \"A\"\nstate.A = { end = \"succeed\" }\ntimeout = \"400d\"",
            vec![("PG0104", "timeout")],
        ),
        ("start = \"A\"\nstate.\"a,b\" = { end = \"succeed\" }", vec![("PG0107", "state.\"a,b\"")]),
        (
            "start = \"A\"\nstate.A = { end = \"succeed\" }\ntargets.x = \"charge\"",
            vec![("PG0106", "targets.x")],
        ),
    ] {
        let found = found(&format!("[workflow.order]\n{keys}\n{OTHERS}"));
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(code, key)| {
                (code, format!("workflow.order.{key}").trim_end_matches('.').to_owned())
            })
            .collect();
        assert_eq!(found, expected, "{keys}");
    }
}

#[test]
fn names_and_rights_have_their_limits() {
    let ends = "start = \"A\"\nstate.A = { end = \"succeed\" }";
    let text = format!("[workflow.again-job]\n{ends}\n{OTHERS}");
    assert_eq!(found(&text), [("PG0404", "workflow.again-job".to_owned())]);
    let text = format!("[workflow.a]\n{ends}\n[workflow.b]\naws_name = \"dev-shop-a\"\n{ends}");
    assert_eq!(found(&text), [("PG0404", "workflow.b.aws_name".to_owned())]);
    let uses = (0..60).map(|n| format!("uses.table.t{n} = [\"read\", \"write\"]"));
    let made = (0..60).map(|n| format!("[table.t{n}]\npartition_key = \"id\""));
    let tables = uses.chain(made).collect::<Vec<_>>().join("\n");
    let text = format!("[workflow.a]\n{ends}\n{tables}");
    assert_eq!(found(&text), [("PG0405", "workflow.a.uses".to_owned())]);
    let long = (0..20).map(|n| {
        let text = "x".repeat(60_000);
        format!("[workflow.a.state.S{n}]\npass = \"{text}\"\nnext = \"S{}\"", n + 1)
    });
    let long = long.collect::<Vec<_>>().join("\n");
    let text = format!(
        "[workflow.a]\nstart = \"S0\"\n{long}\n[workflow.a.state.S20]\nend = \"succeed\"\n"
    );
    assert_eq!(found(&text), [("PG0405", "workflow.a".to_owned())]);
}
