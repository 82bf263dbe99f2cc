//! What is found to be wrong with senders, and with edges to them.
use super::{MAIL, found};
use crate::testing;
use pretty_assertions::assert_eq;

#[test]
fn domains_and_addresses_are_checked() {
    for (keys, expected) in [
        ("domain = \"shop.example.com\"", None),
        ("domain = \"shop\"", Some(("PG0106", "email.mail.domain", "`shop` is no domain name"))),
        (
            "domain = \"example.com\"\nfrom = \"me\"",
            Some(("PG0106", "email.mail.from", "`me` is no address of mail")),
        ),
        (
            "domain = \"example.com\"\nfrom = \"me@example.org\"",
            Some((
                "PG0401",
                "email.mail.from",
                "`me@example.org` is not an address of `example.com`, so SES refuses it",
            )),
        ),
        ("domain = \"example.com\"\nfrom = \"Me <me@a.example.com>\"", None),
        (
            "domain = \"example.com\"\nreply_to = \"@example.com\"",
            Some(("PG0106", "email.mail.reply_to", "`@example.com` is no address of mail")),
        ),
        (
            "domain = \"example.com\"\ndmarc = { policy = \"none\", reports = \"A <a@b.com>\" }",
            Some((
                "PG0106",
                "email.mail.dmarc.reports",
                "`A <a@b.com>` is no bare address of mail",
            )),
        ),
    ] {
        let expected: Vec<_> =
            expected.iter().map(|(c, p, m)| (*c, p.to_string(), m.to_string())).collect();
        assert_eq!(found(&format!("[email.mail]\n{keys}\n")), expected, "{keys}");
    }
}

#[test]
fn a_domain_is_sent_from_once_and_needs_a_value() {
    let twice = format!("{MAIL}[email.news]\ndomain = \"SHOP.example.com\"\n");
    let message = "`email.mail` sends from `shop.example.com` already".to_owned();
    assert_eq!(found(&twice), [("PG0404", "email.news.domain".to_owned(), message)]);
    let found = testing::found(MAIL);
    assert_eq!(found, [("PG0106", "email.mail.domain".to_owned())], "no domain in [platform]");
}

#[test]
fn templates_are_read_and_their_grammar_is_checked() {
    for (template, expected) in [
        ("{ subject = \"Hi {{name}}\", html = \"hello.html\", text = \"hello.txt\" }", None),
        (
            "{ subject = \"Hi\" }",
            Some(("PG0101", "", "a message has an HTML part, or a text part, or both")),
        ),
        (
            "{ subject = \" \", text = \"hello.txt\" }",
            Some(("PG0106", ".subject", "a subject is one line that is not empty")),
        ),
        (
            "{ subject = \"Hi {{name\", text = \"hello.txt\" }",
            Some(("PG0106", ".subject", "a tag begins with `{{` and has no `}}`")),
        ),
        (
            "{ subject = \"Hi\", text = \"none.txt\" }",
            Some(("PG0406", ".text", "`none.txt` cannot be used: there is no such file")),
        ),
        (
            "{ subject = \"Hi\", text = \"latin.txt\" }",
            Some(("PG0406", ".text", "`latin.txt` is no UTF-8 text")),
        ),
        (
            "{ subject = \"Hi\", html = \"open.html\" }",
            Some(("PG0406", ".html", "`open.html`, line 2: `{{#if}}` is never closed")),
        ),
    ] {
        let text = format!("{MAIL}template.hello = {template}\n");
        let path = |end: &str| format!("email.mail.template.hello{end}");
        let expected: Vec<_> =
            expected.iter().map(|(c, end, m)| (*c, path(end), m.to_string())).collect();
        assert_eq!(found(&text), expected, "{template}");
    }
}

#[test]
fn names_that_are_cut_or_shared_are_told() {
    let part = "{ subject = \"Hi\", text = \"hello.txt\" }";
    let long = "a-name-of-exactly-forty-letters-in-total";
    let cut = format!(
        "{MAIL}template.{long} = {part}\ntemplate.b = {part}\n[email.{long}]\ndomain = \"example.com\"\n"
    );
    let found_codes: Vec<_> = found(&cut).into_iter().map(|(code, path, _)| (code, path)).collect();
    assert_eq!(found_codes, [], "two names of 40 letters still fit");
    let text = format!(
        "[email.a]\ndomain = \"a.example.com\"\ntemplate.b-c = {part}\n[email.a-b]\ndomain = \"b.example.com\"\ntemplate.c = {part}\n\
         [email.{long}]\ndomain = \"c.example.com\"\ntemplate.{long} = {part}\n"
    );
    let mut found: Vec<_> = found(&text).into_iter().map(|(code, path, _)| (code, path)).collect();
    found.sort();
    assert_eq!(
        found,
        [
            ("PG0404", "email.a-b.template.c.aws_name".to_owned()),
            ("PG0501", format!("email.{long}.template.{long}")),
        ]
    );
}

#[test]
fn edges_that_can_never_send_are_told() {
    let service = "[service.web]\nimage = \"x/y:1\"\n";
    let template = "template.hello = { subject = \"Hi\", text = \"hello.txt\" }\n";
    for (send, expected) in [
        ("{ from = \"*@shop.example.com\" }", None),
        (
            "{ from = \"*@a.shop.example.com\", template = \"hello\", raw = true, bulk = true }",
            None,
        ),
        ("{ from = \"*@example.org\" }", Some(("PG0401", "from[0]"))),
        ("{ from = [\"a@shop.example.com\", \"shop.example.com\"] }", Some(("PG0401", "from[1]"))),
        ("{ template = [\"hello\", \"helo\"] }", Some(("PG0201", "template[1]"))),
    ] {
        let text = format!("{MAIL}{template}{service}uses.email.mail = {{ send = {send} }}\n");
        let place = |end: &str| format!("service.web.uses.email.mail.send.{end}");
        let expected: Vec<_> = expected.iter().map(|(code, end)| (*code, place(end))).collect();
        let found: Vec<_> = found(&text).into_iter().map(|(code, path, _)| (code, path)).collect();
        assert_eq!(found, expected, "{send}");
    }
}
