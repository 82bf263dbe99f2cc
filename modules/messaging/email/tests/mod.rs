//! Tests of senders of mail.
