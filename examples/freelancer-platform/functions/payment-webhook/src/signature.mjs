// The signature of the payment provider: `t=<unix seconds>,v1=<hex>`, where v1 is the HMAC-SHA256 of `<t>.<raw body>`
// under the secret that both sides know. Several v1 may stand there while the provider changes the secret.
import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the provider's clock and ours may differ, and how long a call may be on its way. */
export const TOLERANCE_SECONDS = 300;

const SCHEME = 'v1';

/** Why a call is not believed. The reason is for the log; the caller learns nothing. */
export class SignatureError extends Error {
  name = 'SignatureError';
}

/**
 * Checks that the provider signed this body, and that it did so shortly before the call arrived.
 *
 * @param {object} call
 * @param {string} call.body the body exactly as it came
 * @param {string | undefined} call.signature
 * @param {string[]} call.secrets the secrets that are valid at present
 * @param {number} call.arrivedAt when the call arrived, in seconds: not "now", because a queue may hold a message for
 *   days
 * @throws {SignatureError}
 */
export function verifySignature({ body, signature, secrets, arrivedAt }) {
  const { timestamp, digests } = parse(signature);
  // Said this way round, so that a time that is no number is refused as well.
  if (!(Math.abs(arrivedAt - timestamp) <= TOLERANCE_SECONDS))
    throw new SignatureError('the timestamp is out of tolerance');
  const expected = secrets.map((secret) => digest(secret, timestamp, body));
  if (!digests.some((given) => isOneOf(given, expected))) throw new SignatureError('no signature matches');
}

/** The value of the header for a body: what the provider does, and what tests do. */
export function sign({ body, secret, timestamp }) {
  return `t=${timestamp},${SCHEME}=${digest(secret, timestamp, body).toString('hex')}`;
}

function parse(signature) {
  const fields = (signature ?? '').split(',').map((field) => field.trim().split('='));
  const timestamps = fields.filter(([name]) => name === 't').map(([, value]) => value);
  const digests = fields.filter(([name]) => name === SCHEME).map(([, value]) => value);
  if (timestamps.length !== 1 || !/^[0-9]{1,12}$/.test(timestamps[0] ?? ''))
    throw new SignatureError('there is no timestamp');
  const wellFormed = digests.filter((value) => /^[0-9a-f]{64}$/.test(value ?? ''));
  if (wellFormed.length === 0) throw new SignatureError('there is no signature of a known scheme');
  return { timestamp: Number(timestamps[0]), digests: wellFormed.map((value) => Buffer.from(value, 'hex')) };
}

function digest(secret, timestamp, body) {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`, 'utf8').digest();
}

/**
 * Every candidate is compared in constant time, and all of them are, so that the time tells nothing about the match.
 */
function isOneOf(given, candidates) {
  return candidates.map((candidate) => timingSafeEqual(given, candidate)).includes(true);
}
