//! What passes between modules, and what the root says about it.
use platgen_terraform::{Document, VariableType, block, template};
use pretty_assertions::assert_eq;
use serde_json::{Value as Json, json};

use crate::sample::{file, large, rendered};

#[test]
fn a_value_travels_through_output_call_and_variable() {
    let tree = rendered(&large());
    assert_eq!(
        file(&tree, "modules/network/outputs.tf.json")["output"]["vpc_main_id"],
        json!({
            "description": "Carries module.network.aws_vpc.main.id.",
            "value": "${aws_vpc.main.id}",
        })
    );
    let call = &file(&tree, "main.tf.json")["module"]["data"];
    assert_eq!(call["vpc_main_id"], "${module.network.vpc_main_id}");
    assert_eq!(
        file(&tree, "modules/data/variables.tf.json")["variable"]["vpc_main_id"],
        json!({ "description": "Carries module.network.aws_vpc.main.id.", "type": "string" })
    );
    let cluster = &file(&tree, "modules/data/database.main.tf.json")["resource"];
    assert_eq!(cluster["aws_rds_cluster"]["main"]["tags"]["vpc"], "${var.vpc_main_id}");
}

#[test]
fn a_chain_of_three_modules_is_linked() {
    let tree = rendered(&large());
    let main = file(&tree, "main.tf.json");
    let names = |module: &str| -> Vec<String> {
        main["module"][module].as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(names("network"), ["source"]);
    assert_eq!(names("data"), ["source", "subnet_app", "vpc_main_id"]);
    let secret = "rds_cluster_main_master_user_secret_0_secret_arn";
    let compute = ["image", "providers", "rds_cluster_main_endpoint", secret, "source", "zone"];
    assert_eq!(names("compute"), compute);
    assert_eq!(main["module"]["compute"]["image"], "${var.image}");
}

#[test]
fn resources_with_instances_pass_as_a_whole() {
    let tree = rendered(&large());
    let ids = &file(&tree, "modules/data/database.main.tf.json")["resource"];
    assert_eq!(
        ids["aws_db_subnet_group"]["main"]["subnet_ids"],
        "${[for item in var.subnet_app : item.id]}"
    );
    let variable = &file(&tree, "modules/data/variables.tf.json")["variable"]["subnet_app"];
    assert_eq!(variable["type"], Json::Null, "its type is left to Terraform");
}

#[test]
fn what_is_sensitive_says_so_on_its_whole_way() {
    let mut document = Document::default();
    let mut data = document.module("data").file("database.main");
    let cluster = data.resource("aws_rds_cluster", "main", block! {}).add();
    let password = cluster.get("master_password");
    let arguments = block! { type: "String", name: "p", value: password.clone() };
    document.module("compute").file("p").resource("aws_ssm_parameter", "p", arguments).add();
    document.output("login", template!["u:", password], "For operators.");
    document.output("endpoint", cluster.get("endpoint"), "For everyone.");
    let tree = rendered(&document);
    let name = "rds_cluster_main_master_password";
    for (path, section, name, expected) in [
        ("modules/data/outputs.tf.json", "output", name, json!(true)),
        ("modules/data/outputs.tf.json", "output", "rds_cluster_main_endpoint", Json::Null),
        ("modules/compute/variables.tf.json", "variable", name, json!(true)),
        ("outputs.tf.json", "output", "login", json!(true)),
        ("outputs.tf.json", "output", "endpoint", Json::Null),
    ] {
        assert_eq!(file(&tree, path)[section][name]["sensitive"], expected, "{path} {name}");
    }
}

#[test]
fn another_region_goes_through_the_alias() {
    let tree = rendered(&large());
    let alias = &file(&tree, "modules/compute/versions.tf.json")["terraform"];
    let aws = &alias["required_providers"]["aws"];
    assert_eq!(aws["configuration_aliases"], json!(["aws.us_east_1"]));
    let network = file(&tree, "modules/network/versions.tf.json");
    let aws = &network["terraform"]["required_providers"]["aws"];
    assert_eq!(aws["configuration_aliases"], Json::Null);
    let main = file(&tree, "main.tf.json");
    let providers = json!({ "aws": "aws", "aws.us_east_1": "aws.us_east_1" });
    assert_eq!(main["module"]["compute"]["providers"], providers);
    assert_eq!(main["module"]["network"]["providers"], Json::Null);
    let certificate = file(&tree, "modules/compute/certificate.tf.json");
    let certificate = &certificate["resource"]["aws_acm_certificate"]["edge"];
    assert_eq!(certificate["provider"], "aws.us_east_1");
}

#[test]
fn only_an_optional_variable_may_be_null() {
    let mut document = Document::default();
    let list = Some(json!(["${not a template}"]));
    document.variable("needed", VariableType::Number, None, "Needed.");
    document.variable("listed", VariableType::ListOfString, list.clone(), "Listed.");
    document.variable("optional", VariableType::String, Some(Json::Null), "Optional.");
    let variables = file(&rendered(&document), "variables.tf.json");
    let expected = json!({
        "needed": { "description": "Needed.", "type": "number", "nullable": false },
        "listed": {
            "description": "Listed.", "type": "list(string)", "nullable": false, "default": list,
        },
        "optional": { "description": "Optional.", "type": "string", "default": null },
    });
    assert_eq!(variables["variable"], expected);
}

#[test]
fn an_unresolved_reference_is_written_as_it_stands() {
    let mut document = Document::default();
    let lost = platgen_terraform::Address::managed("aws_vpc", "lost");
    let lost = platgen_terraform::Handle::new("nowhere", lost);
    document.module("a").file("a").local("x", lost.get("id"));
    let tree = rendered(&document);
    let local = file(&tree, "modules/a/a.tf.json");
    assert_eq!(local["locals"]["x"], "${var.vpc_lost_id}");
    assert!(!tree.keys().any(|path| path.contains("nowhere")));
}
