//! What watches a platform, and what is refused.
