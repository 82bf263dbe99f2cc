// Settings of the clients of AWS.

/**
 * How long a client waits, in milliseconds. The SDK itself waits for ever, and a function would be ended before it
 * could say why.
 */
const PATIENCE = { connectionTimeout: 2_000, requestTimeout: 5_000 };

/** A client that gives up in time, and tries again as the SDK does. */
export const PATIENT = { requestHandler: PATIENCE };

/** A client that makes one attempt: the retries of `retry` are then the only ones, so that their number is bounded. */
export const ONCE = { ...PATIENT, maxAttempts: 1 };
