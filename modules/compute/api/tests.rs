//! What APIs become, and what is refused.
