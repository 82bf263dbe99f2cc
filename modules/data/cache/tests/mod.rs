//! Tests of the cache room: what is found in a spec, what an edge gives, what comes out.
mod findings;
mod grants;
mod lowering;
