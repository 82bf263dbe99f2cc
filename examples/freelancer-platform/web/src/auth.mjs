// Who calls: the tokens of the two user pools. The issuer decides the pool, the pool decides the kind of user, and a
// route says which kind it is for: a token of one pool is worth nothing where the other is asked for.
import { createRemoteJWKSet, decodeJwt, errors, jwtVerify } from 'jose';
import { isSubject } from '@freelancer-platform/shared/identity.mjs';
import { HttpError } from './http.mjs';

/** How long the keys of a pool are kept, and how soon an unknown key may make us ask again, in milliseconds. */
const KEYS = { cacheMaxAge: 60 * 60_000, cooldownDuration: 30_000, timeoutDuration: 5_000 };

/** How far the clocks of Cognito and of a task may differ, in seconds. */
const CLOCK_TOLERANCE = 5;

const ALGORITHM = 'RS256';

/**
 * @typedef {{ type: 'freelancer' | 'client', subject: string, use: 'access' | 'id', session: string, email?: string
 *   }} Identity
 *   `session` names the sign-in that the token comes from; `email` is there if the token says that it is verified.
 * @typedef {{ type: 'freelancer' | 'client', issuer: string, clientId: string, keysUrl?: string }} Pool
 */

/**
 * The two pools, from the variables of their edges. `<POOL>_JWKS_URL` is for a pool that is not at its issuer's
 * address.
 */
export function poolsOf(environment) {
  return [poolOf('freelancer', 'FREELANCERS', environment), poolOf('client', 'CLIENTS', environment)];
}

function poolOf(type, prefix, environment) {
  const clientId = environment[`${prefix}_WEB_CLIENT_ID`] || environment[`${prefix}_CLIENT_ID`];
  const issuer = environment[`${prefix}_ISSUER`];
  if (!issuer || !clientId)
    throw new Error(`environment variables are missing: ${prefix}_ISSUER and ${prefix}_WEB_CLIENT_ID`);
  return { type, issuer, clientId, keysUrl: environment[`${prefix}_JWKS_URL`] };
}

/**
 * A function that turns the header `Authorization` into an identity, or throws 401.
 *
 * @param {Pool[]} pools
 * @returns {(header: string | undefined) => Promise<Identity>}
 */
export function createAuthenticator(pools) {
  const known = new Map(
    pools.map((pool) => {
      const address = pool.keysUrl ?? `${pool.issuer}/.well-known/jwks.json`;
      return [pool.issuer, { ...pool, keys: createRemoteJWKSet(new URL(address), KEYS) }];
    }),
  );
  return async (header) => {
    const token = /^Bearer ([A-Za-z0-9_.-]+)$/i.exec(header ?? '')?.[1];
    if (!token) throw unauthorized('there is no bearer token');
    const pool = known.get(issuerOf(token));
    if (!pool) throw unauthorized('the issuer is not one of the pools');
    return identityOf(pool, await verified(token, pool));
  };
}

/** The issuer as the token claims it: enough to choose the keys that the claim is then checked with. */
function issuerOf(token) {
  try {
    return decodeJwt(token).iss;
  } catch (cause) {
    throw unauthorized('the token is malformed', cause);
  }
}

async function verified(token, { issuer, keys }) {
  const rules = {
    issuer,
    algorithms: [ALGORITHM],
    clockTolerance: CLOCK_TOLERANCE,
    requiredClaims: ['sub', 'exp', 'iat', 'token_use'],
  };
  try {
    return (await jwtVerify(token, keys, rules)).payload;
  } catch (cause) {
    if (isFaultOfToken(cause)) throw unauthorized(cause.code, cause);
    throw new HttpError(503, 'keys_unavailable', 'the keys of the user pool cannot be read', { cause });
  }
}

/** What jose says of a token has a code; that the keys could not be fetched has another, or none. */
function isFaultOfToken(error) {
  const ofKeys =
    error instanceof errors.JWKSTimeout || error.code === 'ERR_JOSE_GENERIC' || error instanceof errors.JWKSInvalid;
  return error instanceof errors.JOSEError && !ofKeys;
}

/**
 * The claims beyond the signature: an access token names its client in `client_id`, an ID token in `aud`
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html).
 */
function identityOf({ type, clientId }, claims) {
  const use = claims.token_use;
  if (use !== 'access' && use !== 'id') throw unauthorized('the token is for another use');
  if ((use === 'access' ? claims.client_id : claims.aud) !== clientId)
    throw unauthorized('the token is for another client');
  if (!isSubject(claims.sub)) throw unauthorized('the subject is not one of the pool');
  const email = claims.email_verified === true && typeof claims.email === 'string' ? claims.email : undefined;
  return { type, subject: claims.sub, use, session: String(claims.origin_jti ?? claims.jti ?? claims.sub), email };
}

/** Lets an identity through that the route is for. */
export function requireAccess(identity, { who, use = 'access' }) {
  if (who !== 'anyone' && identity.type !== who) {
    throw new HttpError(403, 'wrong_pool', `this is for ${who === 'client' ? 'clients' : 'freelancers'}`);
  }
  if (identity.use !== use) throw unauthorized(`an ${use} token is needed`);
}

/** The caller learns that the token is no good, and nothing more; the cause is for the log. */
function unauthorized(reason, cause) {
  const headers = { 'www-authenticate': 'Bearer error="invalid_token"' };
  return new HttpError(401, 'unauthorized', 'the token is absent or not valid', {
    headers,
    cause: cause ?? new Error(reason),
  });
}
