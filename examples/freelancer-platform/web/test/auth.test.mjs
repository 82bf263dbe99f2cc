// Tokens: what is let through, and everything that is not.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { SignJWT } from 'jose';
import { startPools } from '../../testing/pools.mjs';
import { createAuthenticator, poolsOf, requireAccess } from '../src/auth.mjs';

describe('authentication', () => {
  let pools, authenticate;

  before(async () => {
    pools = await startPools();
    authenticate = createAuthenticator(poolsOf(pools.variables));
  });
  after(() => pools.stop());

  const of = async (token) => authenticate(`Bearer ${token}`);
  const refused = (token, why) =>
    assert.rejects(of(token), (error) => {
      assert.deepEqual([error.status, error.message], [401, 'the token is absent or not valid'], why);
      return true;
    });

  test('an access token of each pool is let through, and its issuer decides the kind of user', async () => {
    for (const type of ['freelancer', 'client']) {
      const sub = randomUUID();
      const identity = await of(await pools.token(type, { sub, origin_jti: 'o' }));
      assert.deepEqual(identity, { type, subject: sub, use: 'access', session: 'o', email: undefined });
    }
  });

  test('an ID token gives the address that is verified, and no other', async () => {
    assert.equal((await of(await pools.token('client', { token_use: 'id' }))).email, 'client@example.com');
    assert.equal((await of(await pools.token('client', { token_use: 'id', email_verified: false }))).email, undefined);
    assert.equal((await of(await pools.token('client', { token_use: 'id', email_verified: 'true' }))).email, undefined);
  });

  test('keys are fetched once for each pool', async () => {
    const before = pools.requests.length;
    for (let i = 0; i < 5; i += 1) await of(await pools.token('client'));
    assert.equal(pools.requests.length, before);
    assert.deepEqual([...new Set(pools.requests)].sort(), [
      '/client/.well-known/jwks.json',
      '/freelancer/.well-known/jwks.json',
    ]);
  });

  test('what a token may not be', async () => {
    const now = Math.floor(Date.now() / 1000);
    const client = (claims, header) => pools.token('client', claims, header);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ iss: pools.issuers.client })).toString('base64url')}.`;
    const symmetric = await new SignJWT({
      iss: pools.issuers.client,
      sub: randomUUID(),
      token_use: 'access',
      client_id: 'client-of-client',
      exp: now + 60,
      iat: now,
    })
      .setProtectedHeader({ alg: 'HS256', kid: pools.keys.client.kid })
      .sign(new TextEncoder().encode(pools.keys.client.shown.n));
    const good = await client();
    const [header, , signature] = good.split('.');
    const tampered = [
      header,
      Buffer.from(
        JSON.stringify({ ...JSON.parse(Buffer.from(good.split('.')[1], 'base64url')), sub: randomUUID() }),
      ).toString('base64url'),
      signature,
    ].join('.');
    const cases = {
      'not a token': 'x',
      'without a signature': unsigned,
      'signed with the public key as a secret': symmetric,
      'changed after it was signed': tampered,
      'signed by another algorithm with the right key': await client({}, { alg: 'RS512' }),
      'signed by a probabilistic algorithm with the right key': await client({}, { alg: 'PS256' }),
      over: await client({ exp: now - 60 }),
      'not valid yet': await client({ nbf: now + 60 }),
      'without an end': await client({ exp: undefined }),
      'of another issuer': await client({ iss: `${pools.issuers.client}/other` }),
      'without an issuer': await client({ iss: undefined }),
      'of one pool, signed by the other': await pools.token('freelancer', {
        iss: pools.issuers.client,
        client_id: 'client-of-client',
      }),
      'of one pool, with the name of the key of the other': await pools.token(
        'freelancer',
        { iss: pools.issuers.client, client_id: 'client-of-client' },
        { kid: pools.keys.client.kid },
      ),
      'for another client': await client({ client_id: 'other' }),
      'for the client of the other pool': await client({ client_id: 'client-of-freelancer' }),
      'an access token that names its client in aud': await client({ client_id: undefined, aud: 'client-of-client' }),
      'an ID token for another client': await client({ token_use: 'id', aud: 'other' }),
      'an ID token that names its client in client_id': await client({
        token_use: 'id',
        aud: undefined,
        client_id: 'client-of-client',
      }),
      'for another use': await client({ token_use: 'refresh' }),
      'without a use': await client({ token_use: undefined }),
      'of a subject that is not one': await client({ sub: '../other' }),
      'signed by a key that nobody knows': await client({}, { kid: 'unknown' }),
    };
    for (const [why, token] of Object.entries(cases)) await refused(token, why);
    for (const headerValue of [undefined, '', 'Basic x', good, `Bearer ${good} x`]) {
      await assert.rejects(authenticate(headerValue), { status: 401 });
    }
  });

  test('the kind of user and the use of the token are what the route asks for', async () => {
    const freelancer = await of(await pools.token('freelancer'));
    requireAccess(freelancer, { who: 'freelancer' });
    requireAccess(freelancer, { who: 'anyone' });
    assert.throws(() => requireAccess(freelancer, { who: 'client' }), { status: 403, code: 'wrong_pool' });
    assert.throws(() => requireAccess(freelancer, { who: 'anyone', use: 'id' }), { status: 401 });
    const withId = await of(await pools.token('freelancer', { token_use: 'id' }));
    assert.throws(() => requireAccess(withId, { who: 'freelancer' }), { status: 401 });
  });

  test('keys that cannot be read are our fault, not that of the token', async () => {
    const away = createAuthenticator(poolsOf({ ...pools.variables, CLIENTS_JWKS_URL: 'http://127.0.0.1:9/keys' }));
    await assert.rejects(away(`Bearer ${await pools.token('client')}`), { status: 503 });
    const empty = createAuthenticator(
      poolsOf({ ...pools.variables, CLIENTS_JWKS_URL: `${pools.issuers.client.replace('/client', '')}/nothing` }),
    );
    await assert.rejects(empty(`Bearer ${await pools.token('client')}`), { status: 503 });
  });

  test('a pool has one client, under the name with the client or without', () => {
    const { FREELANCERS_WEB_CLIENT_ID: id, ...rest } = pools.variables;
    assert.equal(poolsOf({ ...rest, FREELANCERS_CLIENT_ID: id })[0].clientId, id);
    assert.throws(() => poolsOf(rest), /FREELANCERS_ISSUER and FREELANCERS_WEB_CLIENT_ID/);
  });
});
