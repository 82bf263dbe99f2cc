//! What firewalls become, and what is refused.
