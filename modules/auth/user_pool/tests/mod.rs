//! Tests of user pools.
