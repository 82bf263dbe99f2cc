//! What is found in bad functions, and in good ones.
use super::{FUNCTION, compile, function};
use pretty_assertions::assert_eq;

/// The code and the path of every finding, in the order in which they come.
fn found(toml: &str) -> Vec<String> {
    let row = |finding: &platgen_source::diagnostics::Diagnostic| {
        let path = finding.path().map(ToString::to_string).unwrap_or_default();
        format!("{} {}", finding.code.id, path.trim_start_matches("function.web"))
    };
    compile("dev", toml).findings.iter().map(row).collect()
}

/// Checks what is found in the function with more keys, given as `PG0000 .path` joined by commas.
fn check(more: &str, expected: &str) {
    assert_eq!(found(&function(more)).join(", "), expected, "{more}");
}

#[test]
fn a_plain_function_is_good() {
    check("", "");
    check("memory = 128\ntimeout = \"15m\"\ndisk = 10240\nconcurrency = 5\nprovisioned = 5", "");
    check("env = { LOG_LEVEL = \"info\", NAME = \"{function.web.name}\" }", "");
}

#[test]
fn the_code_comes_from_one_place() {
    for (text, expected) in [
        ("", "PG0101 "),
        ("source = \"src\"\nruntime = \"nodejs22.x\"\nhandler = \"index.handler\"", ""),
        ("source = \"native\"\nruntime = \"provided.al2023\"", ""),
        ("source = \"native\"", "PG0101 , PG0101 "),
        (
            "code = { bucket = \"builds\", key = \"web.zip\" }\nruntime = \"java21\"\nhandler = \"a.B::c\"",
            "",
        ),
        ("image = \"123456789012.dkr.ecr.us-east-2.amazonaws.com/web:1\"", ""),
        ("image = \"nginx\"", "PG0401 .image"),
        ("image = \"123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1\"", "PG0401 .image"),
        (
            "image = \"123456789012.dkr.ecr.us-east-2.amazonaws.com/web:1\"\nsource = \"src\"\n\
             runtime = \"nodejs22.x\"\nhandler = \"index.handler\"\n\
             layers = [\"arn:aws:lambda:us-east-2:123456789012:layer:tools:3\"]",
            "PG0108 .image, PG0108 .runtime, PG0108 .handler, PG0108 .layers",
        ),
    ] {
        assert_eq!(found(&format!("[function.web]\n{text}")).join(", "), expected, "{text}");
    }
    check("command = [\"run\"]\nentrypoint = [\"sh\"]", "PG0108 .command, PG0108 .entrypoint");
    check("code = { bucket = \"builds\", key = \"web.zip\" }", "PG0108 .code");
}

#[test]
fn runtimes_have_an_end() {
    let runtime = |word: &str| FUNCTION.replace("nodejs22.x", word);
    for (word, expected) in [
        ("nodejs20.x", "PG0505 .runtime"),
        ("nodejs24.x", "PG0506 .runtime"),
        ("nodejs18.x", "PG0105 .runtime"),
        ("nodejs99.x", "PG0105 .runtime"),
    ] {
        assert_eq!(found(&runtime(word)).join(", "), expected, "{word}");
    }
    let findings = compile("dev", &runtime("nodejs18.x")).findings;
    assert_eq!(
        findings[0].message,
        "AWS ended `nodejs18.x` on 2025-09-01: it gets no security updates, and Lambda stops taking \
         functions of it"
    );
    assert_eq!(findings[0].help, ["take `nodejs22.x`"]);
}

#[test]
fn limits_of_lambda_are_kept() {
    let layers: Vec<String> = (0..6)
        .map(|number| format!("\"arn:aws:lambda:us-east-2:123456789012:layer:l{number}:1\""))
        .collect();
    check(&format!("layers = [{}]", layers.join(", ")), "PG0405 .layers");
    check("timeout = \"16m\"", "PG0104 .timeout");
    check("max_age = \"59s\"", "PG0104 .max_age");
    check("concurrency = 2\nprovisioned = 3", "PG0401 .provisioned");
    let long = format!("env.LONG = \"{}\"", "x".repeat(4092));
    check(&long, "");
    check(&long.replace("LONG", "LONGER"), "PG0405 .env");
}

#[test]
fn variables_are_not_lambdas_own() {
    check("env = { AWS_REGION = \"x\", A = \"x\", _X = \"x\" }", {
        "PG0106 .env.A, PG0401 .env.AWS_REGION, PG0106 .env._X"
    });
    check("env.AWS_LAMBDA_EXEC_WRAPPER = \"/opt/wrapper\"", "");
    let clash =
        "uses.table.a-b = { read = {}, as = \"X\" }\nuses.table.c = { read = {}, as = \"X\" }
                 [table.a-b]\npartition_key = \"id\"\n[table.c]\npartition_key = \"id\"";
    check(clash, "PG0207 .uses.table.c");
}

#[test]
fn no_secret_stands_in_a_variable() {
    let secret = "[secret.payment]\nkeys = [\"key\"]";
    for text in ["{secret.payment}", "{secret.payment.key}", "Bearer {secret.payment.key}"] {
        let more = format!("env.TOKEN = \"{text}\"\nuses.secret.payment = \"read\"\n{secret}");
        check(&more, "PG0205 .env.TOKEN");
        let findings = compile("dev", &function(&more)).findings;
        let help = findings[0].help.join("");
        assert!(
            help.ends_with("`secret.payment` gives its place in `PAYMENT_SECRET_ARN`"),
            "{help}"
        );
    }
    check(&format!("uses.secret.payment = \"read\"\n{secret}"), "");
}

#[test]
fn no_function_needs_its_own_arn() {
    let other = |env: &str| {
        let other = FUNCTION.replace("function.web", "function.other");
        format!("uses.function.other = \"invoke\"\n{other}{env}")
    };
    check("env.ME = \"{function.web.arn}\"", "PG0401 .env.ME");
    let named = "env.OTHER = \"{function.other.arn}\"\n";
    check(&format!("{named}{}", other("")), "");
    let back = "uses.function.web = \"invoke\"\n";
    check(&format!("{named}{}", other(back)), "");
    let circle = other(&format!("{back}env.WEB = \"{{function.web.arn}}\""));
    check(&format!("{named}{circle}"), "PG0401 function.other.env.WEB, PG0401 .env.OTHER");
    check(&other(&format!("{back}env.WEB = \"{{function.web.arn}}\"")), "");
}

#[test]
fn no_function_needs_its_own_url() {
    let called = |back: &str| {
        let other = FUNCTION.replace("function.web", "function.other");
        format!("uses.function.other = \"url\"\n{other}{back}")
    };
    check(&called(""), "");
    check(&called("uses.function.web = \"invoke\""), "");
    let circle = "PG0401 function.other.uses.function.web.url, PG0401 .uses.function.other.url";
    check(&called("uses.function.web = \"url\""), circle);
    let named = "uses.function.web = \"invoke\"\nenv.WEB = \"{function.web.arn}\"";
    check(&called(named), "PG0401 function.other.env.WEB, PG0401 .uses.function.other.url");
}

#[test]
fn edges_decide_about_the_network() {
    let database = "uses.database.main = \"connect\"\n[database.main]\nengine = \"aurora-mysql\"";
    check(database, "");
    check(&format!("network = false\n{database}"), "PG0108 .network");
    let queried = database.replace("connect", "query");
    check(&format!("network = false\n{queried}\ninstance = \"db.r7g.large\""), "");
    check("uses.internet = \"https\"", "PG0108 .uses.internet");
    check("network = true\nuses.internet = \"https\"", "");
    check(&format!("uses.internet = \"https\"\n{database}"), "");
}

#[test]
fn names_are_cut_with_a_warning_and_never_shared() {
    let long = "a".repeat(40);
    let text = FUNCTION.replace("web", &long);
    let whole = format!(
        "spec = 1\n[platform]\nname = \"{}\"\nregion = \"us-east-2\"\n[environment.dev]\n{text}",
        "p".repeat(30)
    );
    assert_eq!(found(&whole), [format!("PG0501 function.{long}")]);
    let other = FUNCTION.replace("web", "other");
    check(&format!("aws_name = \"dev-shop-other\"\n{other}"), "PG0404 .aws_name");
}

#[test]
fn more_rights_than_a_role_holds_are_found() {
    let tables = |made: &str| -> String {
        let table = |number: usize| match made {
            "" => format!("uses.table.t{number} = [\"read\", \"scan\", \"write\", \"delete\"]\n"),
            _ => format!("[table.t{number}]\npartition_key = \"id\"\n"),
        };
        (0..20).map(table).collect()
    };
    check(&format!("{}{}", tables(""), tables("made")), "PG0405 .uses");
}
