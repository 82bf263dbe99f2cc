// The committed bundle, called as Lambda calls it, with a real database over TLS and the real SDK against a stand-in
// for AWS.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { after, before, beforeEach, describe, test } from 'node:test';
import { startAws } from '../../../testing/aws.mjs';
import { addProject, addUser, migrateAll, openDatabase } from '../../../testing/data.mjs';
import { databaseVariables, skipWithoutServices, startServices } from '../../../testing/services.mjs';
import { sign } from '../src/signature.mjs';

const WEBHOOK_SECRET = 'a webhook secret of the tests';
const DATABASE_SECRET_ARN = 'arn:aws:secretsmanager:us-east-2:123456789012:secret:database';
const PROVIDER_SECRET_ARN = 'arn:aws:secretsmanager:us-east-2:123456789012:secret:provider';
const TOPIC_ARN = 'arn:aws:sns:us-east-2:123456789012:payment-confirmations';

const skip = skipWithoutServices();
if (skip) console.warn(`payment-webhook, integration: ${skip}`);

describe('payment-webhook with a real database', { skip }, () => {
  let services, aws, database, handler, lines;

  before(async () => {
    services = await startServices();
    database = openDatabase(services);
    await migrateAll(database);
    aws = await startAws({});
    Object.assign(process.env, aws.variables, databaseVariables(services, DATABASE_SECRET_ARN), {
      PAYMENT_PROVIDER_SECRET_ARN: PROVIDER_SECRET_ARN,
      PAYMENT_CONFIRMATIONS_TOPIC_ARN: TOPIC_ARN,
      SECRET_TTL_SECONDS: '0',
    });
    handler = loadBundle();
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (text, ...more) =>
      String(text).startsWith('{"time"') ? (lines.push(JSON.parse(text)), true) : write(text, ...more);
  });

  after(async () => {
    await database?.end();
    await aws?.stop();
    await services?.stop();
    // The bundle keeps its connection for the next call, as in an execution environment; the server has ended it.
  });

  beforeEach(() => {
    lines = [];
    aws.calls.length = 0;
    aws.answers.Publish = () => ({ MessageId: randomUUID() });
    aws.answers.SendTaskSuccess = () => ({});
    aws.answers.SendTaskFailure = () => ({});
    aws.answers.GetSecretValue = ({ SecretId }) => ({
      SecretString: JSON.stringify(
        SecretId === PROVIDER_SECRET_ARN
          ? { webhook_secret: WEBHOOK_SECRET, webhook_secret_previous: 'the former one' }
          : { username: services.database.user, password: services.database.password },
      ),
    });
  });

  /** The bundle as a new execution environment loads it, with connections of its own. */
  function loadBundle() {
    const require = createRequire(import.meta.url);
    delete require.cache[require.resolve('../dist/index.js')];
    return require('../dist/index.js').handler;
  }

  const called = (action) => aws.calls.filter((call) => call.action === action).map((call) => call.input);
  const milestone = (project) => handler({ kind: 'milestone', project });
  const transactions = (project) =>
    database.query(
      'SELECT milestone, amount_cents, status, reference FROM transactions WHERE project_id = ? ORDER BY id',
      [project],
    );

  function eventFor(project, changes = {}) {
    const { id = `evt_${randomUUID()}`, type = 'payment.succeeded', ...data } = changes;
    const usual = {
      user_id: project.client.id,
      user_type: 'client',
      project_id: project.id,
      milestone: 1,
      amount_cents: 40000,
      currency: 'USD',
      reference: 'ref_1',
    };
    return { id, type, data: { ...usual, ...data } };
  }

  /**
   * A record of the queue: the body is raw, the signature an attribute. `age` is how long ago it was sent and came, in
   * seconds.
   */
  function recordOf(event, { secret = WEBHOOK_SECRET, age = 0, messageId = randomUUID() } = {}) {
    const body = JSON.stringify(event);
    const arrived = Date.now() - age * 1000;
    const signature = sign({ body, secret, timestamp: Math.floor(arrived / 1000) });
    return {
      messageId,
      body,
      eventSource: 'aws:sqs',
      attributes: { SentTimestamp: String(arrived), ApproximateReceiveCount: '1' },
      messageAttributes: { signature: { stringValue: signature, dataType: 'String' } },
    };
  }

  const deliver = async (...records) =>
    (await handler({ Records: records })).batchItemFailures.map((item) => item.itemIdentifier);

  test('milestones are released one by one, told, and counted down', async () => {
    const project = await addProject(database, [40000, 60000], 1);
    assert.deepEqual(await milestone(project.id), {
      project: project.id,
      status: 'paid',
      milestone: 1,
      amount_cents: 40000,
      remaining: 1,
    });
    assert.deepEqual(await transactions(project.id), [
      { milestone: 1, amount_cents: 40000, status: 'pending', reference: null },
    ]);
    const [message] = called('Publish');
    assert.equal(message.TopicArn, TOPIC_ARN);
    assert.equal(message['MessageAttributes.entry.1.Value.StringValue'], 'payment.released');
    assert.deepEqual(JSON.parse(message.Message), {
      project_id: project.id,
      milestone: 1,
      user_id: project.client.id,
      user_type: 'client',
      amount_cents: 40000,
      currency: 'USD',
    });
    assert.equal(lines.at(-1).event, 'milestone.released');
  });

  test('a repeated call pays nothing twice, and the last payment completes the project', async () => {
    const project = await addProject(database, [100000], 1);
    assert.equal((await milestone(project.id)).status, 'paid');
    assert.deepEqual(await milestone(project.id), {
      project: project.id,
      status: 'nothing-due',
      milestone: null,
      amount_cents: 0,
      remaining: 0,
    });
    assert.equal((await transactions(project.id)).length, 1);
    assert.equal(called('Publish').length, 1);
    const [{ status }] = await database.query('SELECT status FROM projects WHERE id = ?', [project.id]);
    assert.equal(status, 'completed');
  });

  test('calls at the same time, in execution environments of their own, pay one milestone', async () => {
    const project = await addProject(database, [40000, 60000], 1);
    const handlers = [1, 2, 3].map(() => loadBundle());
    const results = await Promise.all(handlers.map((handle) => handle({ kind: 'milestone', project: project.id })));
    assert.deepEqual(results.map((result) => result.status).sort(), ['nothing-due', 'nothing-due', 'paid']);
    assert.equal((await transactions(project.id)).length, 1);
  });

  test('one event that comes to several execution environments at once is taken in once', async () => {
    const project = await addProject(database, [40000], 1);
    await milestone(project.id);
    const record = recordOf(eventFor(project));
    const handlers = [1, 2, 3].map(() => loadBundle());
    const results = await Promise.all(handlers.map((handle) => handle({ Records: [record] })));
    assert.deepEqual(results, Array(3).fill({ batchItemFailures: [] }));
    assert.equal(lines.filter((line) => line.event === 'payment.processed').length, 1);
    assert.equal((await transactions(project.id))[0].status, 'settled');
  });

  test('a release that could not be told is told by the next call', async () => {
    const project = await addProject(database, [40000, 60000], 1);
    aws.answers.Publish = () => ({ fault: 'AuthorizationError', status: 403 });
    await assert.rejects(milestone(project.id), /told by the test/);
    aws.answers.Publish = () => ({ MessageId: 'm' });
    assert.equal((await milestone(project.id)).status, 'nothing-due');
    assert.equal(called('Publish').length, 2);
    assert.equal((await milestone(project.id)).remaining, 1);
    assert.equal(called('Publish').length, 2);
  });

  test('a project that does not exist is an error', async () => {
    await assert.rejects(milestone(randomUUID()), { name: 'TenantError' });
  });

  test('an event settles its transaction once, however often it comes', async () => {
    const project = await addProject(database, [40000], 1);
    await milestone(project.id);
    const event = eventFor(project);
    assert.deepEqual(await deliver(recordOf(event), recordOf(event)), []);
    assert.deepEqual(await deliver(recordOf(event)), []);
    assert.deepEqual(await transactions(project.id), [
      { milestone: 1, amount_cents: 40000, status: 'settled', reference: 'ref_1' },
    ]);
    assert.equal(called('Publish').length, 2, 'one for the release, one for the event');
    assert.deepEqual(lines.map((line) => line.event).slice(1), [
      'payment.processed',
      'payment.repeated',
      'payment.repeated',
    ]);
  });

  test('a failed payment may succeed later, and a settled one stays settled', async () => {
    const project = await addProject(database, [40000], 1);
    await milestone(project.id);
    const status = async () => (await transactions(project.id))[0].status;
    assert.deepEqual(await deliver(recordOf(eventFor(project, { type: 'payment.failed' }))), []);
    assert.equal(await status(), 'failed');
    assert.deepEqual(await deliver(recordOf(eventFor(project))), []);
    assert.equal(await status(), 'settled');
    assert.deepEqual(await deliver(recordOf(eventFor(project, { type: 'payment.failed' }))), []);
    assert.equal(await status(), 'settled');
  });

  test('nothing of another tenant is touched', async () => {
    const project = await addProject(database, [40000], 1);
    await milestone(project.id);
    const stranger = await addUser(database, 'client');
    const cases = {
      'another client': { user_id: stranger.id },
      'the freelancer of the project': { user_id: project.freelancer.id, user_type: 'freelancer' },
      'the right subject in the wrong pool': { user_type: 'freelancer' },
      'another project': { project_id: randomUUID() },
      'another amount': { amount_cents: 1 },
      'another currency': { currency: 'EUR' },
      'a milestone without a transaction': { milestone: 2 },
    };
    for (const [what, changes] of Object.entries(cases)) {
      const record = recordOf(eventFor(project, changes));
      assert.deepEqual(await deliver(record), [record.messageId], what);
      assert.equal(lines.at(-1).error.name, 'TenantError', what);
    }
    assert.equal((await transactions(project.id))[0].status, 'pending');
    const [{ events }] = await database.query(
      'SELECT COUNT(*) AS events FROM processed_events WHERE user_id IN (?, ?)',
      [stranger.id, project.client.id],
    );
    assert.equal(
      Number(events),
      0,
      'a refused event leaves nothing behind, so a later good one is not taken for a repetition',
    );
  });

  test('a forged, stale or unsigned call is refused; one that waited in the queue is not', async () => {
    const project = await addProject(database, [40000], 1);
    await milestone(project.id);
    const stale = recordOf(eventFor(project));
    stale.attributes.SentTimestamp = String(Date.now() + 3600_000);
    const bad = [
      recordOf(eventFor(project), { secret: 'guess' }),
      stale,
      { ...recordOf(eventFor(project)), messageAttributes: {} },
    ];
    assert.deepEqual(
      await deliver(...bad),
      bad.map((record) => record.messageId),
    );
    assert.deepEqual(new Set(lines.slice(1).map((line) => line.error.name)), new Set(['SignatureError']));
    assert.deepEqual(await deliver(recordOf(eventFor(project), { age: 3 * 24 * 3600 })), []);
    assert.deepEqual(await deliver(recordOf(eventFor(project), { secret: 'the former one' })), []);
  });

  test('a bad record of a batch leaves the good ones alone', async () => {
    const project = await addProject(database, [40000], 1);
    await milestone(project.id);
    const [bad, good] = [recordOf(eventFor(project), { secret: 'guess' }), recordOf(eventFor(project))];
    assert.deepEqual(await deliver(bad, good), [bad.messageId]);
    assert.equal((await transactions(project.id))[0].status, 'settled');
  });

  test('a waiting workflow is resumed with the outcome', async () => {
    const project = await addProject(database, [40000], 1);
    await milestone(project.id);
    assert.deepEqual(await deliver(recordOf(eventFor(project, { task_token: 'token-1' }))), []);
    assert.deepEqual(called('SendTaskSuccess'), [
      { taskToken: 'token-1', output: '{"status":"paid","reference":"ref_1","milestone":1}' },
    ]);
    assert.deepEqual(await deliver(recordOf(eventFor(project, { type: 'payment.failed', task_token: 'token-2' }))), []);
    assert.equal(called('SendTaskFailure')[0].error, 'PaymentFailed');
    assert.ok(
      called('Publish').every((message) => !message.Message.includes('token-')),
      'a token is a capability: subscribers do not get it',
    );
  });

  test('a workflow that waits no more does not send the message back', async () => {
    const project = await addProject(database, [40000], 1);
    await milestone(project.id);
    aws.answers.SendTaskSuccess = () => ({ fault: 'TaskTimedOut' });
    assert.deepEqual(await deliver(recordOf(eventFor(project, { task_token: 'late' }))), []);
    assert.ok(lines.some((line) => line.event === 'workflow.no_longer_waiting'));
  });

  test('effects that failed after the commit are made up for by the next delivery', async () => {
    const project = await addProject(database, [40000], 1);
    await milestone(project.id);
    const record = recordOf(eventFor(project, { task_token: 'token' }));
    aws.answers.SendTaskSuccess = () => ({ fault: 'AccessDeniedException' });
    assert.deepEqual(await deliver(record), [record.messageId]);
    assert.equal((await transactions(project.id))[0].status, 'settled');
    aws.answers.SendTaskSuccess = () => ({});
    assert.deepEqual(await deliver(record), []);
    assert.equal(called('SendTaskSuccess').length, 2);
    assert.deepEqual(await deliver(record), []);
    assert.equal(called('SendTaskSuccess').length, 2);
  });

  test('a fault of the topic that passes is retried within the call', async () => {
    const project = await addProject(database, [40000], 1);
    let left = 2;
    aws.answers.Publish = () => (left-- > 0 ? { fault: 'InternalError', status: 500 } : { MessageId: 'm' });
    assert.equal((await milestone(project.id)).status, 'paid');
    assert.equal(called('Publish').length, 3);
  });

  test('one connection serves all calls, over TLS', async () => {
    const project = await addProject(database, [40000], 1);
    const connections = async () => Number((await database.query("SHOW GLOBAL STATUS LIKE 'Connections'"))[0].Value);
    await milestone(project.id);
    const made = await connections();
    for (const record of [1, 2, 3].map(() => recordOf(eventFor(project)))) assert.deepEqual(await deliver(record), []);
    assert.equal(await connections(), made);
    const [{ Value: cipher }] = await database.query("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
    assert.match(cipher, /^TLS_/);
  });

  test('a rotated database password is fetched again', async () => {
    const project = await addProject(database, [40000], 1);
    const { user } = services.database;
    const rotated = `rotated-${randomUUID()}`;
    const ids = await database.query(
      'SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = ?',
      [user],
    );
    await database.query(`SET PASSWORD = PASSWORD('${rotated}')`);
    services.database.password = rotated;
    for (const { id } of ids) await database.query(`KILL ${Number(id)}`).catch(() => undefined);
    assert.equal((await milestone(project.id)).status, 'paid');
  });

  test('no log line holds a secret', async () => {
    const project = await addProject(database, [40000], 1);
    await milestone(project.id);
    await deliver(
      recordOf(eventFor(project, { task_token: 'a-secret-token' })),
      recordOf(eventFor(project), { secret: 'guess' }),
    );
    const text = JSON.stringify(lines);
    for (const secret of [WEBHOOK_SECRET, services.database.password, 'a-secret-token', 'v1='])
      assert.ok(!text.includes(secret), secret);
  });
});
