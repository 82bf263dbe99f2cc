// What the tasks of the service must know together and fast: how often a user has called, and which sign-ins have
// ended. Both are in the cache, under keys that begin with the kind of user: the pools share nothing.
import { readFileSync } from 'node:fs';
import { createClient } from '@redis/client';
import { HttpError } from './http.mjs';

const WINDOW_SECONDS = 60;

/**
 * How long an ended sign-in is remembered, in seconds: no access token lives longer than a day
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html).
 */
const REVOKED_SECONDS = 24 * 60 * 60;

/**
 * A client of the cache, not connected yet. CACHE_CA_FILE names a PEM file to trust in place of the usual authorities.
 *
 * Commands are refused while there is no connection: a request must not wait for a cache that is away.
 */
export function createCache(environment, log) {
  const authority = environment.CACHE_CA_FILE;
  const trust = authority ? { ca: readFileSync(authority, 'utf8') } : {};
  const reconnectStrategy = (attempts) => Math.min(100 * 2 ** attempts, 3_000) + Math.random() * 200;
  const client = createClient({
    url: environment.SESSIONS_URL,
    socket: { connectTimeout: 3_000, socketTimeout: 30_000, reconnectStrategy, ...trust },
    pingInterval: 10_000,
    disableOfflineQueue: true,
  });
  client.on('error', (error) => log.warn('cache.unreachable', { error }));
  return client;
}

/**
 * @param {object} options
 * @param {object} options.cache
 * @param {number} options.perMinute how many requests a user may make a minute
 * @param {() => number} [options.now] milliseconds
 */
export function createSessions({ cache, perMinute, now = Date.now }) {
  const revokedKey = ({ type, session }) => `revoked:${type}:${session}`;
  const rateKey = ({ type, subject }) => `rate:${type}:${subject}:${Math.floor(now() / 1000 / WINDOW_SECONDS)}`;

  return {
    /**
     * Lets a request in, or throws 401 for an ended sign-in, 429 for too many requests, 503 without the cache: a
     * sign-in that was ended must not come to life again because the cache is away.
     */
    admit: async (identity) => {
      const [revoked, count] = await answered(() =>
        cache
          .multi()
          .exists(revokedKey(identity))
          .incr(rateKey(identity))
          .expire(rateKey(identity), 2 * WINDOW_SECONDS)
          .exec(),
      );
      if (revoked) throw new HttpError(401, 'signed_out', 'this sign-in has ended');
      if (count > perMinute) throw tooMany(WINDOW_SECONDS - (Math.floor(now() / 1000) % WINDOW_SECONDS));
    },
    /** Ends a sign-in: none of its tokens is accepted from now on. */
    end: (identity) =>
      answered(() => cache.set(revokedKey(identity), '1', { expiration: { type: 'EX', value: REVOKED_SECONDS } })),
    /** True for one caller in a while: what several tasks could do and one should. */
    isFirst: async (task, seconds) => {
      const options = { condition: 'NX', expiration: { type: 'EX', value: seconds } };
      return (await answered(() => cache.set(`once:${task}`, '1', options))) === 'OK';
    },
    ping: () => answered(() => cache.ping()),
  };
}

async function answered(command) {
  try {
    return await command();
  } catch (cause) {
    throw new HttpError(503, 'sessions_unavailable', 'sessions cannot be checked at present', { cause });
  }
}

function tooMany(seconds) {
  return new HttpError(429, 'too_many_requests', 'too many requests', { headers: { 'retry-after': String(seconds) } });
}
