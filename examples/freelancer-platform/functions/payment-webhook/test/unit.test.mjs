// Signatures, events and the shape of the two calls; the database and AWS are stand-ins here.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildInto } from '../build.mjs';
import { parseEvent } from '../src/event.mjs';
import { createHandler } from '../src/index.mjs';
import { sign, TOLERANCE_SECONDS, verifySignature } from '../src/signature.mjs';

const BODY = '{"id":"evt_1"}';
const AT = 1_700_000_000;

function check(changes) {
  return () =>
    verifySignature({
      body: BODY,
      signature: sign({ body: BODY, secret: 's', timestamp: AT }),
      secrets: ['s'],
      arrivedAt: AT,
      ...changes,
    });
}

test('the signature is what the provider documents', () => {
  // Worked out with openssl: printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac s
  assert.equal(
    sign({ body: BODY, secret: 's', timestamp: AT }),
    `t=${AT},v1=22d91c3a8adab222278c55b4734f0c92649329377524093cdc0c68dbeb439557`,
  );
});

test('a good signature passes, also under the former secret and beside others', () => {
  check({})();
  check({ secrets: ['new', 's'] })();
  check({ signature: `${sign({ body: BODY, secret: 's', timestamp: AT })},v1=${'0'.repeat(64)},v0=x` })();
  check({ arrivedAt: AT + TOLERANCE_SECONDS })();
});

test('everything else is refused', () => {
  const good = sign({ body: BODY, secret: 's', timestamp: AT });
  const cases = [
    [{ body: `${BODY} ` }, /no signature matches/],
    [{ secrets: ['other'] }, /no signature matches/],
    [{ secrets: [] }, /no signature matches/],
    [{ signature: undefined }, /no timestamp/],
    [{ signature: '' }, /no timestamp/],
    [{ signature: good.replace('t=', 'u=') }, /no timestamp/],
    [{ signature: `t=${AT},${good}` }, /no timestamp/],
    [{ signature: `t=${AT}` }, /no signature of a known scheme/],
    [{ signature: good.slice(0, -1) }, /no signature of a known scheme/],
    [{ signature: good.replace(`t=${AT}`, `t=${AT + 1}`) }, /no signature matches/],
    [{ arrivedAt: AT + TOLERANCE_SECONDS + 1 }, /out of tolerance/],
    [{ arrivedAt: AT - TOLERANCE_SECONDS - 1 }, /out of tolerance/],
    [{ arrivedAt: NaN }, /out of tolerance/],
  ];
  for (const [changes, expected] of cases) assert.throws(check(changes), expected, JSON.stringify(changes));
});

const ID = '11111111-2222-4333-8444-555555555555';
const DATA = {
  user_id: ID,
  user_type: 'client',
  project_id: ID,
  milestone: 1,
  amount_cents: 100,
  currency: 'USD',
  reference: 'ref',
};
const event = (changes = {}, data = {}) =>
  JSON.stringify({ id: 'evt_1', type: 'payment.succeeded', ...changes, data: { ...DATA, ...data } });

test('an event is read, and unknown keys are left out', () => {
  assert.deepEqual(parseEvent(event({ extra: 1 }, { extra: 2 })), {
    id: 'evt_1',
    type: 'payment.succeeded',
    ...DATA,
    task_token: undefined,
  });
});

test('every fault of an event is named', () => {
  const cases = [
    ['{', /not JSON/],
    ['null', /id, type, data\.user_id/],
    ['[]', /id, type/],
    [event({ id: 'has space' }), /valid id$/],
    [event({ id: 7 }), /valid id$/],
    [event({ type: 'toString' }), /valid type$/],
    [event({}, { user_id: "x' OR 1=1" }), /data\.user_id$/],
    [event({}, { user_type: 'admin' }), /data\.user_type$/],
    [event({}, { milestone: 0 }), /data\.milestone$/],
    [event({}, { amount_cents: 1.5 }), /data\.amount_cents$/],
    [event({}, { currency: 'usd' }), /data\.currency$/],
    [event({}, { task_token: '' }), /data\.task_token$/],
  ];
  for (const [body, expected] of cases) assert.throws(() => parseEvent(body), expected, body);
});

function partsOver(changes = {}) {
  const lines = [];
  const at = (level) => (name, details) => lines.push({ level, name, ...details });
  const log = { info: at('INFO'), warn: at('WARN'), error: at('ERROR'), with: () => log };
  const parts = {
    log,
    webhookSecrets: async () => ['s'],
    publish: async () => 'm',
    workflow: {},
    database: { transaction: async () => ({ isNew: true, isComplete: true }) },
    ...changes,
  };
  return { parts, lines };
}

function record(body, id = 'm1') {
  const arrived = Math.floor(Date.now() / 1000);
  return {
    messageId: id,
    body,
    attributes: { SentTimestamp: String(arrived * 1000) },
    messageAttributes: { signature: { stringValue: sign({ body, secret: 's', timestamp: arrived }) } },
  };
}

test('one bad record of a batch is reported alone', async () => {
  const { parts, lines } = partsOver();
  const forged = { ...record(event(), 'forged'), messageAttributes: {} };
  const result = await createHandler(() => parts)({
    Records: [record(event(), 'good'), forged, record('{', 'malformed')],
  });
  assert.deepEqual(result, { batchItemFailures: [{ itemIdentifier: 'forged' }, { itemIdentifier: 'malformed' }] });
  assert.deepEqual(
    lines.map((line) => line.name),
    ['payment.processed', 'payment.rejected', 'payment.rejected'],
  );
});

test('while the secret cannot be read, every record goes back to the queue', async () => {
  const { parts } = partsOver({
    webhookSecrets: async () => {
      throw new Error('unreachable');
    },
  });
  const result = await createHandler(() => parts)({ Records: [record(event(), 'a'), record(event(), 'b')] });
  assert.deepEqual(
    result.batchItemFailures.map((item) => item.itemIdentifier),
    ['a', 'b'],
  );
});

test('records that there is no time for go back to the queue', async () => {
  const { parts } = partsOver();
  const left = [20_000, 7_000];
  const context = { getRemainingTimeInMillis: () => left.shift() };
  const result = await createHandler(() => parts)({ Records: [record(event(), 'a'), record(event(), 'b')] }, context);
  assert.deepEqual(result.batchItemFailures, [{ itemIdentifier: 'b' }]);
});

test('any other call is an error', async () => {
  const handle = createHandler(() => partsOver().parts);
  for (const call of [{}, null, undefined, { kind: 'other' }, { Records: 'x' }])
    await assert.rejects(handle(call), /neither a batch/);
  await assert.rejects(handle({ kind: 'milestone', project: 'x' }), /no valid project/);
});

test('the committed bundle is what the sources give', async () => {
  const committed = join(dirname(fileURLToPath(import.meta.url)), '../dist');
  const fresh = mkdtempSync(join(tmpdir(), 'payment-webhook-'));
  try {
    await buildInto(fresh);
    assert.deepEqual(readdirSync(committed).sort(), readdirSync(fresh).sort());
    for (const name of readdirSync(fresh)) {
      const isSame = readFileSync(join(committed, name)).equals(readFileSync(join(fresh, name)));
      assert.ok(isSame, `${name} differs: run npm run build and commit dist/`);
    }
  } finally {
    rmSync(fresh, { recursive: true });
  }
});
