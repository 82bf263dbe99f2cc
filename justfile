# Short names for the commands of everyday work. Continuous integration calls cargo and the scripts directly.

# Lists the recipes.
default:
    @just --list

# Renders one example into generated/.
render example *options:
    cargo run --release -- render examples/{{ example }}/platform.toml --out generated {{ options }}

# Runs all tests in Rust.
test *options:
    cargo test --workspace {{ options }}

# Rewrites the golden files; look at the difference before it is committed.
golden:
    UPDATE_GOLDEN=1 cargo test -p platgen --test golden --test reference --test connections --test requirements

# Takes the rendered examples through the real engines.
e2e *options:
    cargo build --release
    tests/e2e/run {{ options }}

# Formats nothing and mends nothing: says what is wrong.
lint:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --all-features -- -D warnings

# Measures whole runs of a render: processor time and memory.
bench *options:
    cargo build --release
    tools/bench/render.py {{ options }}

# Runs everything that must hold before a change is merged.
ci:
    .ci/run
