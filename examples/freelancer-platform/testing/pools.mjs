// Two user pools for tests: keys, tokens, and the addresses where the keys are read.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { SignJWT } from 'jose';

/**
 * Starts a server with the keys of both pools.
 *
 * @returns {Promise<{ variables: Record<string, string>, requests: string[], keys: object, issuers: Record<string,
 *   string>,
 *   token: (type: 'freelancer' | 'client', claims?: object, header?: object) => Promise<string>, stop: () => Promise<void> }>}
 */
export async function startPools() {
  const keys = { freelancer: makeKey(), client: makeKey() };
  const requests = [];
  const server = createServer((request, response) => {
    requests.push(request.url);
    const key = keys[request.url.split('/')[1]];
    response.writeHead(key ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: key ? [key.shown] : [] }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const base = `http://127.0.0.1:${server.address().port}`;
  const issuers = { freelancer: `${base}/freelancer`, client: `${base}/client` };
  return {
    keys,
    issuers,
    requests,
    variables: {
      FREELANCERS_ISSUER: issuers.freelancer,
      FREELANCERS_USER_POOL_ID: 'us-east-2_freelancers',
      FREELANCERS_WEB_CLIENT_ID: 'client-of-freelancer',
      CLIENTS_ISSUER: issuers.client,
      CLIENTS_USER_POOL_ID: 'us-east-2_clients',
      CLIENTS_WEB_CLIENT_ID: 'client-of-client',
    },
    token: (type, claims = {}, header = {}) =>
      makeToken({ key: keys[type], issuer: issuers[type], type }, claims, header),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The key is shown without `alg`, so that what a token may be signed with is for the code under test to say. */
function makeKey() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = randomUUID();
  return { kid, privateKey, shown: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' } };
}

/** An access token as Cognito makes it, unless the claims say otherwise; a claim of `undefined` is left out. */
async function makeToken({ key, issuer, type }, claims, header) {
  const now = Math.floor(Date.now() / 1000);
  const client = `client-of-${type}`;
  const naming =
    claims.token_use === 'id'
      ? { aud: client, email: `${type}@example.com`, email_verified: true }
      : { client_id: client };
  const usual = {
    sub: randomUUID(),
    iss: issuer,
    token_use: 'access',
    iat: now,
    exp: now + 600,
    jti: randomUUID(),
    origin_jti: randomUUID(),
    ...naming,
  };
  const payload = Object.fromEntries(
    Object.entries({ ...usual, ...claims }).filter(([, value]) => value !== undefined),
  );
  return new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: key.kid, ...header }).sign(key.privateKey);
}
