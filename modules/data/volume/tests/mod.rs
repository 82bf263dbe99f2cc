//! Tests of the volume room: what is found in a spec, where it is mounted, what comes out.
mod findings;
mod lowering;
mod mounts;

/// A volume, and those that use it: a service with a sidecar and more keys, and a function.
fn mounted(service: &str, function: &str) -> String {
    format!(
        "[volume.files]\n[volume.other]\n\
         [service.web]\nimage = \"web:1\"\nport = 8080\ncontainer.side.image = \"side:1\"\n{service}\n\
         [function.f]\nimage = \"123456789012.dkr.ecr.us-east-2.amazonaws.com/f:1\"\n{function}\n"
    )
}
