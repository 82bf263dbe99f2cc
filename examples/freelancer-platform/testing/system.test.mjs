// The whole system: the processes as they run in production, from the migration to the report, through one life of a
// project.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sign } from '../functions/payment-webhook/src/signature.mjs';
import { startAws } from './aws.mjs';
import { openDatabase } from './data.mjs';
import { startPools } from './pools.mjs';
import { skipWithoutServices, startServices } from './services.mjs';
import { DATABASE_SECRET_ARN, goodAnswers, waitingMessage, webVariables } from './variables.mjs';

const WEB = join(dirname(fileURLToPath(import.meta.url)), '../web');
const PROVIDER_SECRET_ARN = 'arn:aws:secretsmanager:us-east-2:123456789012:secret:provider';
const WEBHOOK_SECRET = 'a webhook secret of the tests';

const skip = skipWithoutServices();
if (skip) console.warn(`system: ${skip}`);

describe('the system', { skip }, () => {
  let services, aws, pools, variables, web;
  const waiting = [];

  before(async () => {
    services = await startServices();
    pools = await startPools();
    aws = await startAws(goodAnswers(services, waiting));
    variables = webVariables({ services, aws, pools });
  });

  after(async () => {
    if (web && web.child.exitCode === null) web.child.kill('SIGKILL');
    await aws?.stop();
    await pools?.stop();
    await services?.stop();
  });

  /** Starts a process of the image; its lines are kept as they come. */
  function start(parameters, more = {}) {
    const child = spawn(process.execPath, parameters, {
      cwd: WEB,
      env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...variables, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const run = {
      child,
      text: '',
      errors: '',
      lines: () =>
        run.text
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line)),
    };
    child.stdout.on('data', (chunk) => (run.text += chunk));
    child.stderr.on('data', (chunk) => (run.errors += chunk));
    return run;
  }

  async function finish(run) {
    const [code] = run.child.exitCode === null ? await once(run.child, 'close') : [run.child.exitCode];
    return { code, lines: run.lines(), errors: run.errors };
  }

  async function until(what, condition) {
    const end = Date.now() + 15_000;
    for (;;) {
      const value = await condition();
      if (value) return value;
      if (Date.now() > end) throw new Error(`${what} did not happen; the service said:\n${web?.text}${web?.errors}`);
      await pause(25);
    }
  }

  const logged = (event) => web.lines().filter((line) => line.event === event);
  const resumed = () =>
    aws.calls
      .filter((call) => call.action === 'SendTaskSuccess')
      .map((call) => [call.input.taskToken, JSON.parse(call.input.output)]);

  async function call(token, method, path, body) {
    const response = await fetch(`http://127.0.0.1:${web.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
    return response.json();
  }

  async function signUp(type) {
    const sub = randomUUID();
    await call(await pools.token(type, { sub, token_use: 'id', email: `${type}@example.com` }), 'PUT', '/me', {
      display_name: type,
    });
    return { sub, token: await pools.token(type, { sub }) };
  }

  test('a command that nobody knows, and one without its settings, fail and say why', async () => {
    const unknown = await finish(start(['src/command.mjs', 'toString']));
    assert.deepEqual(
      [unknown.code, unknown.lines[0].error.message],
      [1, 'there is no command toString; there are migrate, payout-report'],
    );
    const incomplete = await finish(start(['src/command.mjs', 'migrate'], { MAIN_SECRET_ARN: '' }));
    assert.match(incomplete.lines[0].error.message, /MAIN_SECRET_ARN/);
    const service = await finish(start(['src/main.mjs'], { SESSIONS_URL: '', MAIL_FROM: '' }));
    assert.deepEqual([service.code, service.lines[0].level], [1, 'ERROR']);
    assert.match(service.lines[0].error.message, /SESSIONS_URL, MAIL_FROM/);
  });

  test('a certificate that the trusted authority did not sign is refused', async () => {
    const run = await finish(start(['src/command.mjs', 'migrate'], { DATABASE_CA_FILE: '' }));
    assert.equal(run.code, 1);
    assert.match(JSON.stringify(run.lines[0].error), /self-signed|unable to (get|verify)|HANDSHAKE_SSL_ERROR/i);
  });

  test('the migration runs, and runs again', async () => {
    const applied = async () => {
      const run = await finish(start(['src/command.mjs', 'migrate']));
      assert.equal(run.code, 0, run.text);
      return run.lines[0].applied;
    };
    assert.deepEqual(await applied(), [
      '0001_users.sql',
      '0002_projects.sql',
      '0003_payments.sql',
      '0004_workflow_steps.sql',
    ]);
    assert.deepEqual(await applied(), []);
  });

  test('one life of a project', async () => {
    web = start(['src/main.mjs'], { PORT: '0' });
    web.port = (await until('the start', () => logged('service.started')[0])).port;
    assert.equal((await fetch(`http://127.0.0.1:${web.port}/readyz`)).status, 200);
    const [client, freelancer] = [await signUp('client'), await signUp('freelancer')];

    const { id } = await call(client.token, 'POST', '/projects', {
      title: 'A site',
      description: 'Words',
      budget_cents: 100000,
      currency: 'USD',
    });
    waiting.push(waitingMessage(id, 'bidding'), JSON.stringify({ Type: 'Notification', Message: '{"bid":1}' }));
    const bid = await call(freelancer.token, 'POST', `/projects/${id}/bids`, { amount_cents: 90000, message: 'Me' });
    await call(client.token, 'POST', `/projects/${id}/award`, { bid_id: bid.id });
    await until('the end of bidding', () => resumed().some(([token]) => token === 'bidding'));
    assert.deepEqual(resumed()[0][1], {
      count: 1,
      bid_id: bid.id,
      freelancer: { user_id: freelancer.sub, email: 'freelancer@example.com', name: 'freelancer' },
    });

    // This time the answer is there before the token.
    await call(client.token, 'POST', `/projects/${id}/milestones`, {
      milestones: [
        { name: 'One', amount_cents: 30000 },
        { name: 'Two', amount_cents: 60000 },
      ],
    });
    waiting.push(waitingMessage(id, 'defining'));
    await until('the definition', () => resumed().some(([token]) => token === 'defining'));

    const handler = loadFunction();
    for (const [number, remaining] of [
      [1, 1],
      [2, 0],
    ]) {
      waiting.push(waitingMessage(id, `work-${number}`));
      await call(client.token, 'POST', `/projects/${id}/milestones/${number}/decision`, { status: 'approved' });
      await until('the approval', () => resumed().some(([token]) => token === `work-${number}`));
      assert.equal((await handler({ kind: 'milestone', project: id })).remaining, remaining);
      assert.deepEqual(await handler({ Records: [settled(id, client.sub, number)] }), { batchItemFailures: [] });
    }
    const project = await call(client.token, 'GET', `/projects/${id}`);
    assert.deepEqual(
      [project.status, project.milestones.map((milestone) => milestone.status)],
      ['completed', ['paid', 'paid']],
    );
    await until('the metric', () => logged('projects.active')[0]);
    assert.equal(typeof logged('projects.active')[0].count, 'number');
    for (const event of ['project.created', 'bid.placed', 'contract.awarded'])
      assert.equal(logged(event).length, 1, event);
    assert.ok(
      aws.calls.filter((entry) => entry.action === 'DeleteMessage').length >= 5,
      'messages of the queue are deleted, also those without a token',
    );
  });

  /** The committed bundle, in this process. */
  function loadFunction() {
    const usual = aws.answers.GetSecretValue;
    aws.answers.GetSecretValue = (input) =>
      input.SecretId === PROVIDER_SECRET_ARN
        ? { SecretString: JSON.stringify({ webhook_secret: WEBHOOK_SECRET }) }
        : usual(input);
    const own = {
      PAYMENT_PROVIDER_SECRET_ARN: PROVIDER_SECRET_ARN,
      PAYMENT_CONFIRMATIONS_TOPIC_ARN: 'arn:aws:sns:us-east-2:123456789012:payment-confirmations',
      LOG_LEVEL: 'error',
    };
    Object.assign(process.env, variables, own, { MAIN_SECRET_ARN: DATABASE_SECRET_ARN });
    return createRequire(import.meta.url)('../functions/payment-webhook/dist/index.js').handler;
  }

  function settled(project, client, milestone) {
    const data = {
      user_id: client,
      user_type: 'client',
      project_id: project,
      milestone,
      amount_cents: milestone * 30000,
      currency: 'USD',
      reference: `ref_${milestone}`,
    };
    const body = JSON.stringify({ id: `evt_${randomUUID()}`, type: 'payment.succeeded', data });
    const signature = sign({ body, secret: WEBHOOK_SECRET, timestamp: Math.floor(Date.now() / 1000) });
    return {
      messageId: randomUUID(),
      body,
      attributes: { SentTimestamp: String(Date.now()) },
      messageAttributes: { signature: { stringValue: signature } },
    };
  }

  test('the report tells what was paid the day before', async () => {
    const database = openDatabase(services);
    await database.query('UPDATE transactions SET created_at = created_at - INTERVAL 1 DAY');
    await database.end();
    const { code, lines } = await finish(start(['src/command.mjs', 'payout-report']));
    assert.equal(code, 0);
    assert.deepEqual(
      lines.map(({ event, amount_cents: amount, payments }) => [event, amount, Number(payments)]),
      [
        ['payout', 90000, 2],
        ['payout.report', undefined, 2],
      ],
    );
  });

  test('SIGTERM ends the service when what is under way is done', async () => {
    let release;
    const held = new Promise((resolve) => (release = resolve));
    aws.delay = () => held;
    const token = await pools.token('client');
    const slow = fetch(`http://127.0.0.1:${web.port}/messages/inbox`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await until('the call', () => aws.calls.some((entry) => entry.action === 'Query'));
    web.child.kill('SIGTERM');
    await until('the stop', () => logged('service.stopping')[0]);
    await assert.rejects(fetch(`http://127.0.0.1:${web.port}/healthz`), 'no new connection is accepted');
    aws.answers.Query = () => ({ Items: [] });
    const released = Date.now();
    release();
    assert.equal((await slow).status, 200);
    const { code } = await finish(web);
    assert.equal(code, 0);
    assert.ok(Date.now() - released < 10_000, 'no connection that is kept alive holds up the end');
    assert.ok(logged('service.stopped')[0]);
    for (const secret of [services.database.password, 'bidding', token])
      assert.ok(!web.text.includes(`"${secret}`), 'no secret is in the log');
  });
});
