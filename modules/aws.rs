//! What every module may ask AWS about itself: account, partition, and ARNs made of them.
use platgen_source::diagnostics::SpecPath;
use platgen_terraform::{Address, Document, Handle, Value, block, template};

/// The file in each module that holds what the module asks AWS about itself.
const FILE: &str = "context";

/// The number of the account that is applied to, as a module sees it.
pub fn account(out: &mut Document, module: &'static str) -> Value {
    ask(out, module, "aws_caller_identity", "account_id")
}

/// The partition, `aws` or `aws-cn`, as a module sees it.
pub fn partition(out: &mut Document, module: &'static str) -> Value {
    ask(out, module, "aws_partition", "partition")
}

/// `arn:{partition}:{service}:{region}:{account}:{resource}`.
pub fn arn(
    out: &mut Document,
    module: &'static str,
    service: &str,
    region: &str,
    resource: impl Into<Value>,
) -> Value {
    let (partition, account) = (partition(out, module), account(out, module));
    template!["arn:", partition, format!(":{service}:{region}:"), account, ":", resource.into()]
}

/// A data source without arguments, declared in a module the first time that it is asked for.
fn ask(
    out: &mut Document,
    module: &'static str,
    kind: &'static str,
    attribute: &'static str,
) -> Value {
    let address = Address::data(kind, "current");
    let known = out.modules.get(module).is_some_and(|m| m.resources.contains_key(&address));
    if !known {
        let place = out.module(module);
        place.file(FILE).data(kind, "current", block! {}).cause(&SpecPath::of(["platform"])).add();
    }
    Handle::new(module, address).get(attribute)
}
