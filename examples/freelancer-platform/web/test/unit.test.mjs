// The parts of the service that need no server, each by itself.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { S3Client } from '@aws-sdk/client-s3';
import { BODY_LIMIT, readJson } from '../src/http.mjs';
import { cents, list, oneOf, pageSize, read, text } from '../src/input.mjs';
import { createMilestoneMail } from '../src/mail.mjs';
import { conversationWith, createMessages, participant } from '../src/messages.mjs';
import { readMigrations, splitStatements } from '../src/migrations.mjs';
import { dayBefore } from '../src/payout-report.mjs';
import { createRouter } from '../src/router.mjs';
import { createSessions } from '../src/sessions.mjs';
import { createUploads } from '../src/uploads.mjs';
import { readTask } from '../src/worker.mjs';

const status = (expected) => (error) => {
  assert.equal(error.status, expected, error.message);
  return true;
};

test('a route is found by method and pattern', () => {
  const find = createRouter({ 'GET /a': 1, 'GET /a/:id': 2, 'POST /a/:id': 3, 'GET /a/:id/b/:n': 4 });
  assert.deepEqual(find('GET', '/a/x%20y'), { route: 2, name: 'GET /a/:id', parameters: { id: 'x y' } });
  assert.deepEqual(find('GET', '/a/1/b/2').parameters, { id: '1', n: '2' });
  for (const path of ['/', '/a/', '/b', '/a/1/b', '/a/1/b/2/', '//a'])
    assert.throws(() => find('GET', path), status(404), path);
  assert.throws(() => find('GET', '/a/%zz'), status(404));
  assert.throws(
    () => find('PUT', '/a/1'),
    (error) => status(405)(error) && error.headers.allow === 'GET, POST',
  );
});

const request = (body, type = 'application/json') =>
  Object.assign(Readable.from([Buffer.from(body)]), { headers: { 'content-type': type } });

test('a body is a JSON object of bounded size', async () => {
  assert.deepEqual(await readJson(request('{"a":1}', 'application/json; charset=utf-8')), { a: 1 });
  for (const body of ['', '{', '[]', 'null', '"x"', '1'])
    await assert.rejects(readJson(request(body)), status(400), body);
  await assert.rejects(readJson(request('{}', 'text/plain')), status(415));
  await assert.rejects(readJson(request(`{"a":"${'x'.repeat(BODY_LIMIT)}"}`)), status(413));
});

test('every fault of a body is told at once, and unknown keys are left out', () => {
  const rules = { name: text(5), amount: cents, status: oneOf('a', 'b') };
  assert.deepEqual(read({ name: 'x', amount: 1, status: 'a', extra: 1 }, rules), { name: 'x', amount: 1, status: 'a' });
  assert.throws(
    () => read({ name: ' ', amount: 1.5, status: 'toString' }, rules),
    /name must be.*; amount must be.*; status must be one of a, b/,
  );
  assert.throws(
    () => read({ parts: [{ name: 'x' }] }, { parts: list({ name: text(5), amount: cents }, 2) }),
    /parts must be a list of 1 to 2/,
  );
  assert.throws(() => read({ parts: [null] }, { parts: list({ name: text(5) }, 2) }), status(400));
  for (const parts of [[], 'x', undefined, [1, 2, 3]])
    assert.throws(() => read({ parts }, { parts: list({}, 2) }), status(400));
});

test('the size of a page is bounded', () => {
  const size = (query) => pageSize(new URLSearchParams(query));
  assert.deepEqual([size(''), size('limit=1'), size('limit=100')], [25, 1, 100]);
  for (const query of ['limit=0', 'limit=101', 'limit=x', 'limit=1.5', 'limit='])
    assert.throws(() => size(query), status(400), query);
});

const CLIENT = { type: 'client', subject: randomUUID() };
const FREELANCER = { type: 'freelancer', subject: randomUUID() };

function fakeDocuments(answer = () => ({})) {
  const sent = [];
  return {
    sent,
    send: async (command) => {
      sent.push(command.input);
      return answer(command.input);
    },
  };
}

test('both participants name a conversation alike', () => {
  const ofClient = conversationWith(CLIENT, FREELANCER.subject);
  const ofFreelancer = conversationWith(FREELANCER, CLIENT.subject);
  assert.equal(ofClient.id, ofFreelancer.id);
  assert.deepEqual([ofClient.receiver, ofFreelancer.receiver], [participant(FREELANCER), participant(CLIENT)]);
});

test('a message is put once, under both indexes', async () => {
  const documents = fakeDocuments();
  const messages = createMessages({ documents, table: 't', now: () => new Date(0) });
  const [one, two] = await Promise.all([
    messages.send(CLIENT, FREELANCER.subject, 'hello'),
    messages.send(CLIENT, FREELANCER.subject, 'hello'),
  ]);
  assert.notEqual(one.timestamp, two.timestamp);
  assert.match(one.timestamp, /^1970-01-01T00:00:00.000Z#[0-9a-f]{12}$/);
  const { Item: item, ConditionExpression: condition } = documents.sent[0];
  assert.deepEqual(
    [item.userId, item.receiverId, condition],
    [participant(CLIENT), participant(FREELANCER), 'attribute_not_exists(conversationId)'],
  );
});

test('who does not take part reads nothing, and the table is not even asked', async () => {
  const documents = fakeDocuments();
  const messages = createMessages({ documents, table: 't' });
  const { id } = conversationWith(CLIENT, FREELANCER.subject);
  const stranger = { type: 'client', subject: randomUUID() };
  const otherPool = { type: 'freelancer', subject: CLIENT.subject };
  for (const [who, conversation] of [
    [stranger, id],
    [otherPool, id],
    [CLIENT, 'x'],
    [CLIENT, `client.${CLIENT.subject}`],
    [CLIENT, `${id}~x`],
  ]) {
    assert.throws(() => messages.conversation(who, conversation, { limit: 1 }), status(403));
  }
  assert.equal(documents.sent.length, 0);
});

test('a cursor holds a place, never whose messages are read', async () => {
  const { id } = conversationWith(CLIENT, FREELANCER.subject);
  const last = { conversationId: id, timestamp: 't1', userId: participant(CLIENT) };
  const documents = fakeDocuments(() => ({ Items: [], LastEvaluatedKey: last }));
  const messages = createMessages({ documents, table: 't' });
  const { cursor } = await messages.sent(CLIENT, { limit: 5 });
  await messages.inbox(FREELANCER, { limit: 5, cursor });
  const { ExclusiveStartKey: start, IndexName: index, ScanIndexForward: forward, Limit: limit } = documents.sent[1];
  assert.deepEqual(start, { conversationId: id, timestamp: 't1', receiverId: participant(FREELANCER) });
  assert.deepEqual([index, forward, limit], ['by-receiver', false, 5]);
  const other = conversationWith(FREELANCER, randomUUID()).id;
  await messages.conversation(CLIENT, id, {
    limit: 1,
    cursor: Buffer.from(JSON.stringify([other, 't'])).toString('base64url'),
  });
  assert.equal(documents.sent[2].ExclusiveStartKey.conversationId, id);
  for (const bad of ['x', 'e30', Buffer.from('["a",1]').toString('base64url')]) {
    await assert.rejects(async () => messages.sent(CLIENT, { limit: 1, cursor: bad }), status(400), bad);
  }
});

function uploadsOver() {
  const client = new S3Client({
    region: 'us-east-2',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  return createUploads({ client, bucket: 'portfolio', prefix: 'portfolios/', cdn: 'https://cdn.example.com' });
}

test('an address is for one key of the freelancer, one type, one size, and soon over', async () => {
  const made = await uploadsOver().presign(FREELANCER, { kind: 'images', content_type: 'image/png', size: 123 });
  assert.match(made.key, new RegExp(`^portfolios/${FREELANCER.subject}/images/[0-9a-f-]{36}\\.png$`));
  assert.equal(made.address, `https://cdn.example.com/${made.key}`);
  const url = new URL(made.url);
  assert.equal(url.searchParams.get('X-Amz-SignedHeaders'), 'content-length;content-type;host');
  assert.equal(url.searchParams.get('X-Amz-Expires'), '300');
  assert.ok(
    ![...url.searchParams.keys()].some((name) => /checksum/i.test(name)),
    'a checksum of nothing would refuse every upload',
  );
  assert.deepEqual(made.headers, { 'content-type': 'image/png', 'content-length': '123' });
});

test('what may not be uploaded, or is not there to delete', async () => {
  const uploads = uploadsOver();
  const bad = [
    { kind: 'other', content_type: 'image/png', size: 1 },
    { kind: 'constructor', content_type: 'image/png', size: 1 },
    { kind: 'images', content_type: 'image/svg+xml', size: 1 },
    { kind: 'resumes', content_type: 'image/png', size: 1 },
    { kind: 'resumes', content_type: 'application/pdf', size: 11 * 1024 * 1024 },
  ];
  for (const wish of bad) await assert.rejects(uploads.presign(FREELANCER, wish), status(400), JSON.stringify(wish));
  for (const [kind, file] of [
    ['other', `${randomUUID()}.png`],
    ['images', '../x'],
    ['images', 'x.png'],
  ]) {
    await assert.rejects(uploads.remove(FREELANCER, kind, file), status(404), file);
  }
});

test('without the cache nobody is let in', async () => {
  const chain = {
    exists: () => chain,
    incr: () => chain,
    expire: () => chain,
    exec: async () => {
      throw new Error('closed');
    },
  };
  const sessions = createSessions({
    cache: {
      multi: () => chain,
      set: async () => {
        throw new Error('closed');
      },
    },
    perMinute: 5,
  });
  await assert.rejects(sessions.admit({ ...CLIENT, session: 's' }), status(503));
  await assert.rejects(sessions.end({ ...CLIENT, session: 's' }), status(503));
});

test('a token of the queue is found with and without the envelope of the topic', () => {
  const id = randomUUID();
  const waiting = JSON.stringify({ token: 'tok', state: 'BiddingOpen', execution: 'arn', data: { project: { id } } });
  for (const Body of [waiting, JSON.stringify({ Type: 'Notification', Message: waiting })])
    assert.deepEqual(readTask({ Body }), { projectId: id, token: 'tok' });
  for (const Body of [
    JSON.stringify({ project: { id }, bid: { id: 'b' } }),
    JSON.stringify({ token: 'tok', data: { project: { id: '1' } } }),
    JSON.stringify({ data: { project: { id } } }),
    'x',
    'null',
  ])
    assert.equal(readTask({ Body }), undefined, Body);
});

test('an e-mail is sent by its template, and not without one', async () => {
  const client = fakeDocuments();
  const options = { client, from: 'f@example.com', configurationSet: 'c' };
  assert.equal(await createMilestoneMail(options)({ to: 't', data: {} }), false);
  assert.equal(
    await createMilestoneMail({ ...options, template: 'x' })({ to: 't@example.com', data: { name: 'n' } }),
    true,
  );
  assert.deepEqual(client.sent, [
    {
      FromEmailAddress: 'f@example.com',
      Destination: { ToAddresses: ['t@example.com'] },
      ConfigurationSetName: 'c',
      Content: { Template: { TemplateName: 'x', TemplateData: '{"name":"n"}' } },
    },
  ]);
});

test('statements end at a semicolon at the end of a line; comments go', () => {
  assert.deepEqual(
    splitStatements("-- a; comment;\nCREATE TABLE a (\n  b INT -- ; inside\n);\n\nINSERT INTO a VALUES (';x');  \n"),
    ['CREATE TABLE a (\n  b INT -- ; inside\n)', "INSERT INTO a VALUES (';x')"],
  );
  assert.deepEqual(splitStatements('-- nothing\n'), []);
});

test('migrations are in the order of their names, and a strange name is a fault', () => {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  try {
    for (const name of ['0002_b.sql', '0001_a.sql', 'notes.md']) writeFileSync(join(folder, name), 'SELECT 1;\n');
    assert.deepEqual(
      readMigrations(folder).map(({ name }) => name),
      ['0001_a.sql', '0002_b.sql'],
    );
    writeFileSync(join(folder, '3.sql'), '');
    assert.throws(() => readMigrations(folder), /unlike 3\.sql/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the day before', () => {
  assert.deepEqual(dayBefore(new Date('2026-03-01T02:00:00Z')), { from: '2026-02-28', until: '2026-03-01' });
});
