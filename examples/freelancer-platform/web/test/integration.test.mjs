// The service over HTTP with a real database and a real cache, both over TLS; AWS is a stand-in that the real SDK talks
// to.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createLog } from '@freelancer-platform/shared/log.mjs';
import { startAws } from '../../testing/aws.mjs';
import { MIGRATIONS, migrateAll, openDatabase } from '../../testing/data.mjs';
import { startPools } from '../../testing/pools.mjs';
import { skipWithoutServices, startServices } from '../../testing/services.mjs';
import { goodAnswers, webVariables } from '../../testing/variables.mjs';
import { recordAnswer, recordToken } from '../src/lifecycle.mjs';
import { migrate, readMigrations } from '../src/migrations.mjs';
import { createProject } from '../src/projects.mjs';
import { createParts } from '../src/parts.mjs';
import { startService } from '../src/service.mjs';
import { createSessions } from '../src/sessions.mjs';

const skip = skipWithoutServices();
if (skip) console.warn(`web, integration: ${skip}`);

describe('web with real servers', { skip }, () => {
  let services, aws, pools, database, service, parts, variables;
  const lines = [];

  before(async () => {
    services = await startServices();
    pools = await startPools();
    aws = await startAws(goodAnswers(services));
    database = openDatabase(services);
    await migrateAll(database);
    variables = webVariables({ services, aws, pools });
    // The queue answers a long poll after a while, as the real one does.
    aws.delay = ({ action }) => (action === 'ReceiveMessage' ? pause(200) : undefined);
    Object.assign(process.env, aws.variables);
    parts = createParts(
      { ...variables, REQUESTS_PER_MINUTE: '40' },
      createLog({ level: 'debug', write: (line) => lines.push(JSON.parse(line)) }),
    );
    service = await startService(parts, { port: 0, host: '127.0.0.1' });
  });

  after(async () => {
    await service?.stop();
    await database?.end();
    await aws?.stop();
    await pools?.stop();
    await services?.stop();
  });

  beforeEach(() => {
    lines.length = 0;
    aws.calls.length = 0;
    Object.assign(aws.answers, goodAnswers(services));
  });

  const called = (action) => aws.calls.filter((call) => call.action === action).map((call) => call.input);
  const events = () => lines.map((line) => line.event);

  async function call(method, path, { token, body, headers = {} } = {}) {
    const response = await fetch(`http://127.0.0.1:${service.port}${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : undefined, headers: response.headers };
  }

  /** A user of the pool with a profile, and what they may do. */
  async function signUp(type) {
    const subject = randomUUID();
    const token = await pools.token(type, { sub: subject });
    const id = await pools.token(type, { sub: subject, token_use: 'id', email: `${subject}@example.com` });
    const saved = await call('PUT', '/me', { token: id, body: { display_name: `A ${type}` } });
    assert.equal(saved.status, 200);
    return { subject, token, id, call: (method, path, body) => call(method, path, { token, body }) };
  }

  const PROJECT = { title: 'A site', description: 'Words', budget_cents: 100000, currency: 'USD' };

  async function awarded() {
    const [client, freelancer] = [await signUp('client'), await signUp('freelancer')];
    const project = (await client.call('POST', '/projects', PROJECT)).body;
    const bid = (await freelancer.call('POST', `/projects/${project.id}/bids`, { amount_cents: 90000, message: 'Me' }))
      .body;
    const result = await client.call('POST', `/projects/${project.id}/award`, { bid_id: bid.id });
    assert.equal(result.status, 200);
    return { client, freelancer, project, bid };
  }

  const milestones = (...amounts) => ({
    milestones: amounts.map((amount_cents, at) => ({ name: `Part ${at + 1}`, amount_cents })),
  });

  test('health asks nothing of anybody; readiness asks both servers', async () => {
    const ready = await call('GET', '/readyz');
    assert.deepEqual([ready.status, ready.body], [200, { status: 'ok', database: true, sessions: true }]);
    assert.deepEqual((await call('GET', '/healthz')).body, { status: 'ok' });
    const statements = async () => Number((await database.query("SHOW GLOBAL STATUS LIKE 'Questions'"))[0].Value);
    const [first, second] = [await statements(), await statements()];
    for (let i = 0; i < 5; i += 1) await call('GET', '/healthz');
    assert.equal((await statements()) - second, second - first, 'the database saw only the questions of this test');
    assert.ok(
      lines.filter((line) => line.event === 'request').every((line) => line.level === 'DEBUG'),
      'health checks are no news',
    );
  });

  test('without a token there is nothing but health', async () => {
    const paths = [
      'GET /me',
      'PUT /me',
      'DELETE /session',
      'POST /messages',
      'GET /messages/sent',
      'GET /messages/inbox',
      'GET /conversations/x/messages',
      'POST /uploads',
      'GET /uploads',
      'DELETE /uploads/images/x',
      'GET /projects',
      'POST /projects',
      'GET /projects/x',
      'GET /projects/x/bids',
      'POST /projects/x/bids',
      'POST /projects/x/award',
      'POST /projects/x/milestones',
      'POST /projects/x/milestones/1/decision',
    ];
    for (const [method, path] of paths.map((text) => text.split(' '))) {
      const response = await call(method, path);
      assert.equal(response.status, 401, path);
      assert.match(response.headers.get('www-authenticate'), /^Bearer/);
    }
    assert.ok(
      lines.every((line) => line.reason === 'there is no bearer token'),
      'why is said to the log alone',
    );
    assert.equal((await call('GET', '/nowhere')).status, 404);
    assert.equal((await call('PATCH', '/me')).status, 405);
    assert.equal((await call('GET', '//')).status, 404);
  });

  test('a token of one pool is refused where the other is asked for', async () => {
    const [client, freelancer] = [await signUp('client'), await signUp('freelancer')];
    const id = randomUUID();
    const cases = [
      [freelancer, 'POST', '/projects'],
      [freelancer, 'POST', `/projects/${id}/award`],
      [freelancer, 'POST', `/projects/${id}/milestones`],
      [freelancer, 'GET', `/projects/${id}/bids`],
      [freelancer, 'POST', `/projects/${id}/milestones/1/decision`],
      [client, 'POST', `/projects/${id}/bids`],
      [client, 'POST', '/uploads'],
      [client, 'GET', '/uploads'],
      [client, 'DELETE', '/uploads/images/x'],
    ];
    for (const [user, method, path] of cases) {
      const response = await user.call(method, path);
      assert.deepEqual([response.status, response.body.error], [403, 'wrong_pool'], path);
    }
  });

  test('a profile takes its address from the verified claim, and is needed before anything is made', async () => {
    const subject = randomUUID();
    const token = await pools.token('client', { sub: subject });
    assert.equal((await call('GET', '/me', { token })).body.error, 'no_profile');
    assert.equal((await call('POST', '/projects', { token, body: PROJECT })).body.error, 'no_profile');
    assert.equal(
      (await call('PUT', '/me', { token, body: { display_name: 'x' } })).status,
      401,
      'an access token has no address',
    );
    const id = (claims) => pools.token('client', { sub: subject, token_use: 'id', ...claims });
    const unverified = await call('PUT', '/me', {
      token: await id({ email_verified: false }),
      body: { display_name: 'x' },
    });
    assert.equal(unverified.body.error, 'email_not_verified');
    for (const name of ['One', 'Two']) {
      const saved = await call('PUT', '/me', {
        token: await id({ email: 'me@example.com' }),
        body: { display_name: name, email: 'other@example.com' },
      });
      assert.deepEqual(saved.body, {
        user_id: subject,
        user_type: 'client',
        email: 'me@example.com',
        display_name: name,
      });
    }
  });

  test('bodies are checked, and faults of ours are not explained', async () => {
    const client = await signUp('client');
    const bad = await client.call('POST', '/projects', { title: '', currency: 'usd' });
    assert.equal(bad.status, 400);
    for (const word of ['title', 'description', 'budget_cents', 'currency'])
      assert.match(bad.body.message, new RegExp(word));
    assert.equal(
      (await call('POST', '/projects', { token: client.token, headers: { 'content-type': 'text/plain' }, body: {} }))
        .status,
      415,
    );
    aws.answers.PutItem = () => ({ fault: 'AccessDeniedException' });
    const failed = await client.call('POST', '/messages', { to: randomUUID(), text: 'x' });
    assert.deepEqual([failed.status, failed.body], [500, { error: 'internal', message: 'something went wrong here' }]);
    const line = lines.find((entry) => entry.level === 'ERROR');
    assert.deepEqual([line.path, line.status, line.error.name], ['/messages', 500, 'AccessDeniedException']);
    assert.equal(typeof line.duration_ms, 'number');
  });

  test('a sign-in that has ended is over, and only in its own pool', async () => {
    const session = { origin_jti: randomUUID() };
    const [client, other, freelancer] = [
      await pools.token('client', session),
      await pools.token('client', session),
      await pools.token('freelancer', session),
    ];
    assert.equal((await call('DELETE', '/session', { token: client })).status, 204);
    for (const token of [client, other])
      assert.equal((await call('GET', '/projects', { token })).body.error, 'signed_out');
    assert.equal((await call('GET', '/projects', { token: freelancer })).status, 200);
  });

  test('a user who calls too often is slowed down, and nobody else', async () => {
    const usual = parts.sessions;
    parts.sessions = createSessions({ cache: parts.cache, perMinute: 3, now: () => time });
    let time = 1_000_000_045_000;
    try {
      const [eager, calm] = [{ sub: randomUUID() }, { sub: randomUUID() }];
      const get = async (type, claims) => await call('GET', '/projects', { token: await pools.token(type, claims) });
      const statuses = [];
      for (let i = 0; i < 4; i += 1) statuses.push((await get('client', eager)).status);
      assert.deepEqual(statuses, [200, 200, 200, 429]);
      assert.equal((await get('client', eager)).headers.get('retry-after'), '35');
      assert.deepEqual([(await get('client', calm)).status, (await get('freelancer', eager)).status], [200, 200]);
      time += 35_000;
      assert.equal((await get('client', eager)).status, 200);
    } finally {
      parts.sessions = usual;
    }
  });

  test('messages go to the table and come back in pages', async () => {
    const [client, freelancer] = [await signUp('client'), await signUp('freelancer')];
    const sent = await client.call('POST', '/messages', { to: freelancer.subject, text: 'hello' });
    assert.equal(sent.status, 500, 'the stand-in has no answer yet');
    const items = [];
    aws.answers.PutItem = ({ Item }) => (items.push(Item), {});
    aws.answers.Query = ({ Limit }) => ({
      Items: items.slice(0, Limit),
      ...(items.length > Limit && { LastEvaluatedKey: items[Limit - 1] }),
    });
    for (const text of ['one', 'two'])
      assert.equal((await client.call('POST', '/messages', { to: freelancer.subject, text })).status, 201);
    const page = await freelancer.call('GET', '/messages/inbox?limit=1');
    assert.deepEqual(
      page.body.messages.map((message) => message.text),
      ['one'],
    );
    assert.equal((await freelancer.call('GET', `/messages/inbox?cursor=${page.body.cursor}`)).status, 200);
    const { conversation } = page.body.messages[0];
    assert.equal(
      (await client.call('GET', `/conversations/${encodeURIComponent(conversation)}/messages`)).body.messages.length,
      2,
    );
    const stranger = await signUp('client');
    assert.equal(
      (await stranger.call('GET', `/conversations/${encodeURIComponent(conversation)}/messages`)).status,
      403,
    );
    const queries = called('Query');
    assert.deepEqual(
      queries.map((query) => query.IndexName),
      ['by-receiver', 'by-receiver', undefined],
    );
    assert.equal((await client.call('POST', '/messages', { to: 'everybody', text: 'x' })).status, 400);
  });

  test('files: an address to upload, a list, and the end of one', async () => {
    const freelancer = await signUp('freelancer');
    const made = await freelancer.call('POST', '/uploads', {
      kind: 'resumes',
      content_type: 'application/pdf',
      size: 10,
    });
    assert.equal(made.status, 201);
    assert.ok(made.body.key.startsWith(`portfolios/${freelancer.subject}/resumes/`));
    aws.answers['GET /portfolio/'] = () => ({
      xml: `<ListBucketResult><Contents><Key>${made.body.key}</Key><Size>10</Size></Contents></ListBucketResult>`,
    });
    assert.deepEqual((await freelancer.call('GET', '/uploads')).body, { files: [{ key: made.body.key, size: 10 }] });
    assert.equal(called('GET /portfolio/')[0].prefix, `portfolios/${freelancer.subject}/`);
    const file = made.body.key.split('/').at(-1);
    aws.answers[`DELETE /portfolio/${made.body.key}`] = () => ({ xml: '' });
    assert.equal((await freelancer.call('DELETE', `/uploads/resumes/${file}`)).status, 204);
    assert.equal((await freelancer.call('DELETE', '/uploads/resumes/..%2Fx')).status, 404);
  });

  test('a project is made, written to the log, and its workflow is started', async () => {
    const client = await signUp('client');
    const made = await client.call('POST', '/projects', PROJECT);
    assert.equal(made.status, 201);
    const [start] = called('StartExecution');
    assert.equal(start.name, made.body.id);
    assert.deepEqual(JSON.parse(start.input), {
      title: 'A site',
      project: { id: made.body.id, title: 'A site' },
      client: { email: `${client.subject}@example.com`, name: 'A client' },
    });
    assert.ok(events().includes('project.created'));
    const [{ execution_arn: arn }] = await database.query('SELECT execution_arn FROM projects WHERE id = ?', [
      made.body.id,
    ]);
    assert.match(arn, new RegExp(`:execution:.*:${made.body.id}$`));
  });

  test('a workflow that could not be started is started later, and one that exists is not an error', async () => {
    const client = await signUp('client');
    aws.answers.StartExecution = () => ({ fault: 'AccessDeniedException' });
    const made = await client.call('POST', '/projects', PROJECT);
    assert.equal(made.status, 201);
    assert.ok(events().includes('workflow.not_started'));
    await database.query('UPDATE projects SET created_at = created_at - INTERVAL 60 SECOND WHERE id = ?', [
      made.body.id,
    ]);
    aws.answers.StartExecution = () => ({ fault: 'ExecutionAlreadyExists' });
    await parts.lifecycle.sweep();
    const [{ execution_arn: arn }] = await database.query('SELECT execution_arn FROM projects WHERE id = ?', [
      made.body.id,
    ]);
    assert.match(arn, new RegExp(`:execution:project-lifecycle:${made.body.id}$`));
  });

  test('who sees a project, and its bids', async () => {
    const [client, stranger, freelancer] = [await signUp('client'), await signUp('client'), await signUp('freelancer')];
    const { id } = (await client.call('POST', '/projects', PROJECT)).body;
    const seen = async (user) => (await user.call('GET', `/projects/${id}`)).status;
    assert.deepEqual([await seen(client), await seen(stranger), await seen(freelancer)], [200, 404, 200]);
    assert.equal((await stranger.call('GET', `/projects/${id}/bids`)).status, 404);
    assert.equal((await stranger.call('POST', `/projects/${id}/award`, { bid_id: randomUUID() })).status, 404);
    const listed = async (user) =>
      (await user.call('GET', '/projects?limit=100')).body.projects.some((project) => project.id === id);
    assert.deepEqual([await listed(client), await listed(stranger), await listed(freelancer)], [true, false, true]);
    for (const path of ['/projects/x', '/projects/1%27%20OR%201=1'])
      assert.equal((await client.call('GET', path)).status, 404);
  });

  test('bids: one each, while the project is open, and everybody is told', async () => {
    const { client, freelancer, project, bid } = await awarded();
    const [notice] = called('Publish');
    assert.deepEqual(JSON.parse(notice.Message), {
      project: { id: project.id, title: 'A site' },
      bid: { id: bid.id, amount_cents: 90000 },
    });
    assert.deepEqual(
      events().filter((event) => /\./.test(event)),
      ['project.created', 'bid.placed', 'contract.awarded'],
    );
    const again = await freelancer.call('POST', `/projects/${project.id}/bids`, { amount_cents: 1, message: 'x' });
    assert.equal(again.status, 404, 'the project is not open any more');
    const open = (await client.call('POST', '/projects', PROJECT)).body;
    const place = () => freelancer.call('POST', `/projects/${open.id}/bids`, { amount_cents: 5, message: 'x' });
    assert.deepEqual([(await place()).status, (await place()).body.error], [201, 'bid_exists']);
    aws.answers.Publish = () => ({ fault: 'AuthorizationError', status: 403 });
    const other = await signUp('freelancer');
    assert.equal(
      (await other.call('POST', `/projects/${open.id}/bids`, { amount_cents: 5, message: 'x' })).status,
      201,
      'the bid stands without the notice',
    );
    assert.ok(events().includes('notice.not_sent'));
    const bids = (await client.call('GET', `/projects/${open.id}/bids`)).body.bids;
    assert.deepEqual(bids.map((entry) => entry.freelancer).sort(), [freelancer.subject, other.subject].sort());
  });

  test('a project is awarded once, to one of its own bids', async () => {
    const { client, project, bid } = await awarded();
    assert.equal(
      (await client.call('POST', `/projects/${project.id}/award`, { bid_id: bid.id })).body.error,
      'not_open',
    );
    const open = (await client.call('POST', '/projects', PROJECT)).body;
    assert.equal((await client.call('POST', `/projects/${open.id}/award`, { bid_id: bid.id })).status, 400);
  });

  test('milestones add up to the bid and are decided in their order', async () => {
    const { client, freelancer, project } = await awarded();
    await database.transaction((run) => recordToken(run, project.id, 'bidding'));
    await parts.lifecycle.resumeProject(project.id);
    const path = `/projects/${project.id}/milestones`;
    assert.match((await client.call('POST', path, milestones(1, 2))).body.message, /add up to the bid, 90000/);
    assert.equal((await client.call('POST', path, milestones(30000, 60000))).status, 201);
    assert.equal((await client.call('POST', path, milestones(90000))).status, 409);
    await database.transaction((run) => recordToken(run, project.id, 'defining'));
    await parts.lifecycle.resumeProject(project.id);
    const decide = (number, status) => client.call('POST', `${path}/${number}/decision`, { status });
    assert.deepEqual(
      [(await decide(2, 'approved')).status, (await decide(0, 'approved')).status, (await decide(1, 'maybe')).status],
      [409, 404, 400],
    );
    await database.transaction((run) => recordToken(run, project.id, 'work-1'));
    assert.equal((await decide(1, 'rejected')).status, 200);
    await database.transaction((run) => recordToken(run, project.id, 'work-2'));
    assert.equal((await decide(1, 'approved')).status, 200);
    assert.equal((await decide(1, 'approved')).status, 409);
    assert.deepEqual(
      called('SendTaskSuccess')
        .map(({ taskToken, output }) => [taskToken, JSON.parse(output)])
        .slice(1),
      [
        ['defining', { count: 2 }],
        ['work-1', { status: 'rejected', milestone: 1 }],
        ['work-2', { status: 'approved', milestone: 1 }],
      ],
    );
    const [mail] = called('POST /v2/email/outbound-emails');
    assert.deepEqual(
      [mail.Destination.ToAddresses, JSON.parse(mail.Content.Template.TemplateData)],
      [[`${freelancer.subject}@example.com`], { name: 'Part 1', title: 'A site', freelancer: 'A freelancer' }],
    );
    const seen = (await freelancer.call('GET', `/projects/${project.id}`)).body;
    assert.deepEqual(
      seen.milestones.map((milestone) => milestone.status),
      ['approved', 'defined'],
    );
  });

  test('token and answer meet, whichever comes first and however often', async () => {
    const { project } = await awarded();
    const record = (work) => database.transaction(work);
    const sent = () =>
      called('SendTaskSuccess').map(({ taskToken, output }) => [taskToken, JSON.parse(output).n ?? 'award']);
    await assert.rejects(
      record((run) => recordAnswer(run, project.id, { n: 0 })),
      { code: 'workflow_busy' },
    );
    await record((run) => recordToken(run, project.id, 't1'));
    await record((run) => recordToken(run, project.id, 't1'));
    await parts.lifecycle.resumeProject(project.id);
    await record((run) => recordToken(run, project.id, 't1'));
    await record((run) => recordToken(run, project.id, 'replaced'));
    await record((run) => recordToken(run, project.id, 't2'));
    await record((run) => recordAnswer(run, project.id, { n: 2 }));
    aws.answers.SendTaskSuccess = () => ({ fault: 'InternalFailure', status: 500 });
    await parts.lifecycle.resumeProject(project.id);
    assert.ok(events().includes('workflow.not_resumed'));
    aws.calls.length = 0;
    aws.answers.SendTaskSuccess = () => ({ fault: 'TaskTimedOut' });
    await parts.lifecycle.sweep();
    await parts.lifecycle.sweep();
    assert.deepEqual(sent(), [['t2', 2]], 'what is no longer waited for is told once, and left');
    await record((run) => recordToken(run, randomUUID(), 'of nobody'));
  });

  test('where no tokens come, answers are not kept', async () => {
    const { WORKFLOW_TASKS_QUEUE_URL: queue, ...without } = variables;
    assert.ok(queue);
    const other = createParts(without, parts.log);
    const { project } = await awarded();
    const steps = async () =>
      Number(
        (await database.query('SELECT COUNT(*) AS steps FROM workflow_steps WHERE project_id = ?', [project.id]))[0]
          .steps,
      );
    assert.equal(await steps(), 1);
    await other.lifecycle.answer(undefined, project.id, {});
    assert.deepEqual([await steps(), events().at(-1)], [1, 'workflow.not_answered']);
    await other.database.end();
  });

  test('token and answer that come at the same moment make one step', async () => {
    const { client } = await awarded();
    for (let round = 0; round < 15; round += 1) {
      const { id } = await database.transaction((run) =>
        createProject(run, { type: 'client', subject: client.subject }, PROJECT),
      );
      await Promise.all([
        database.transaction((run) => recordToken(run, id, 'token')),
        database.transaction((run) => recordAnswer(run, id, { round })),
        database.transaction((run) => recordToken(run, id, 'token')),
      ]);
      const steps = await database.query('SELECT step, token, answer FROM workflow_steps WHERE project_id = ?', [id]);
      assert.deepEqual(steps, [{ step: 1, token: 'token', answer: JSON.stringify({ round }) }]);
    }
  });

  test('migrations can be run again, also at the same time, and a changed history is refused', async () => {
    assert.deepEqual(await Promise.all([migrateAll(database), migrateAll(database)]), [[], []]);
    const folder = mkdtempSync(join(tmpdir(), 'migrations-'));
    try {
      cpSync(MIGRATIONS, folder, { recursive: true });
      writeFileSync(
        join(folder, '0009_more.sql'),
        'CREATE TABLE IF NOT EXISTS more (a INT);\nCREATE TABLE broken (;\n',
      );
      await assert.rejects(migrate(database, readMigrations(folder)));
      writeFileSync(
        join(folder, '0009_more.sql'),
        'CREATE TABLE IF NOT EXISTS more (a INT);\nINSERT INTO more VALUES (1);\n',
      );
      const both = await Promise.all([1, 2].map(() => migrate(database, readMigrations(folder))));
      assert.deepEqual(both.flat(), ['0009_more.sql'], 'two runs at once apply it once');
      assert.deepEqual(await database.query('SELECT a FROM more'), [{ a: 1 }]);
      writeFileSync(join(folder, '0009_more.sql'), 'SELECT 1;\n');
      await assert.rejects(
        migrate(database, readMigrations(folder)),
        /changed after they were applied: 0009_more\.sql/,
      );
      await assert.rejects(migrateAll(database), /not in the folder: 0009_more\.sql/);
    } finally {
      rmSync(folder, { recursive: true });
      await database.query('DROP TABLE IF EXISTS more');
      await database.query("DELETE FROM schema_migrations WHERE name = '0009_more.sql'");
    }
  });

  test('every table of data has its tenant', async () => {
    const missing = await database.query(
      `SELECT t.table_name FROM information_schema.tables t WHERE t.table_schema = DATABASE() AND t.table_name <> 'schema_migrations'
         AND 2 > (SELECT COUNT(*) FROM information_schema.columns c WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name
                   AND c.column_name IN ('user_id', 'user_type') AND c.is_nullable = 'NO')`,
    );
    assert.deepEqual(missing, []);
  });

  test('while the cache is away the service is not ready and lets nobody in, and then comes back', async () => {
    const token = await pools.token('client');
    await parts.cache.close();
    assert.deepEqual((await call('GET', '/readyz')).body, { status: 'unavailable', database: true, sessions: false });
    assert.equal((await call('GET', '/projects', { token })).status, 503);
    assert.equal((await call('GET', '/healthz')).status, 200);
    await parts.cache.connect();
    assert.equal((await call('GET', '/projects', { token })).status, 200);
  });

  test('a missing setting keeps the service from starting, and is named', () => {
    const { MESSAGES_TABLE: table, MAIN_HOST: host, ...rest } = variables;
    assert.throws(() => createParts({ ...rest, MAIN_HOST: host }, parts.log), /missing: MESSAGES_TABLE$/);
    assert.throws(() => createParts({ ...rest, MESSAGES_TABLE: table }, parts.log), /missing: MAIN_HOST$/);
  });
});
