// The shared sources, with stand-ins for what lies outside of the process.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDatabase, databaseOptions } from '@freelancer-platform/shared/database.mjs';
import { createLog } from '@freelancer-platform/shared/log.mjs';
import { createPublisher } from '@freelancer-platform/shared/publisher.mjs';
import { isTransientAwsError, retry } from '@freelancer-platform/shared/retry.mjs';
import { createSecretReader } from '@freelancer-platform/shared/secrets.mjs';
import { numberSetting, requireSettings } from '@freelancer-platform/shared/settings.mjs';
import { createResumer } from '@freelancer-platform/shared/workflow.mjs';

const failure = (name, status) =>
  Object.assign(new Error(name), { name, ...(status && { $metadata: { httpStatusCode: status } }) });

test('a log line is JSON, has its fields, and withholds secrets', () => {
  const lines = [];
  const log = createLog({
    level: 'info',
    write: (line) => lines.push(JSON.parse(line)),
    now: () => new Date(0),
    fields: { a: 1 },
  });
  log.debug('not.written');
  log.with({ b: 2 }).warn('event', { password: 'x', task_token: 'y', Authorization: 'z', c: 3 });
  assert.deepEqual(lines, [
    {
      time: '1970-01-01T00:00:00.000Z',
      level: 'WARN',
      event: 'event',
      a: 1,
      b: 2,
      password: '[withheld]',
      task_token: '[withheld]',
      Authorization: '[withheld]',
      c: 3,
    },
  ]);
});

test('of a database error a log keeps the code alone, because its message quotes rows', () => {
  const lines = [];
  const log = createLog({ write: (line) => lines.push(JSON.parse(line)) });
  const error = Object.assign(new Error("Duplicate entry 'someone@example.com'"), {
    code: 'ER_DUP_ENTRY',
    sqlState: '23000',
  });
  log.error('e', { error });
  log.error('e', { error: failure('Other') });
  assert.deepEqual(
    lines.map((line) => line.error),
    [
      { name: 'Error', code: 'ER_DUP_ENTRY' },
      { name: 'Other', message: 'Other' },
    ],
  );
});

test('missing settings are told all at once', () => {
  assert.throws(() => requireSettings({ A: '1', B: '' }, ['A', 'B', 'C']), /missing: B, C$/);
  assert.deepEqual(requireSettings({ A: '1', Z: '2' }, ['A']), { A: '1' });
});

test('a number must be whole and in its range', () => {
  const rule = { fallback: 7, min: 1, max: 10 };
  assert.equal(numberSetting({}, 'N', rule), 7);
  assert.equal(numberSetting({ N: '3' }, 'N', rule), 3);
  for (const bad of ['0', '11', '1.5', 'x']) assert.throws(() => numberSetting({ N: bad }, 'N', rule), /from 1 to 10/);
});

test('a retry pauses longer each time, is bounded, and stops at a final error', async () => {
  const pauses = [];
  const options = { attempts: 4, baseMs: 100, capMs: 250, random: () => 1, sleep: async (ms) => pauses.push(ms) };
  let runs = 0;
  await assert.rejects(
    retry(async () => {
      runs += 1;
      throw failure('Throttling', 400);
    }, options),
    /Throttling/,
  );
  assert.deepEqual([runs, pauses], [4, [100, 200, 250]]);
  runs = 0;
  await assert.rejects(
    retry(async () => {
      runs += 1;
      throw failure('Denied', 403);
    }, options),
    /Denied/,
  );
  assert.equal(runs, 1);
  assert.equal(
    await retry(async (attempt) => {
      if (attempt < 3) throw failure('x', 500);
      return attempt;
    }, options),
    3,
  );
});

test('what may pass by itself is told from what may not', () => {
  const cases = [
    [failure('InternalError', 500), true],
    [failure('x', 503), true],
    [failure('x', 429), true],
    [failure('ThrottlingException', 400), true],
    [Object.assign(failure('x'), { code: 'ECONNRESET' }), true],
    [failure('TimeoutError'), true],
    [failure('AuthorizationError', 403), false],
    [failure('InvalidParameter', 400), false],
    [new TypeError('a bug'), false],
  ];
  for (const [error, expected] of cases)
    assert.equal(isTransientAwsError(error), expected, `${error.name} ${error.code}`);
});

/** A client that notes its commands and answers with what the function gives. */
function fakeClient(answer) {
  const sent = [];
  return {
    sent,
    send: async (command) => {
      sent.push(command.input);
      return answer(command.input, sent.length);
    },
  };
}

test('a secret is read once for its time, also by callers that come at once', async () => {
  let time = 0;
  const client = fakeClient((_, count) => ({ SecretString: JSON.stringify({ count }) }));
  const secrets = createSecretReader({ client, ttlMs: 100, now: () => time });
  const [one, two] = await Promise.all([secrets.read('arn'), secrets.read('arn')]);
  assert.deepEqual([one.count, two.count], [1, 1]);
  time = 100;
  assert.equal((await secrets.read('arn')).count, 2);
  secrets.forget('arn');
  assert.equal((await secrets.read('arn')).count, 3);
});

test('a secret that cannot be read is asked for again, and its text is in no message', async () => {
  const client = fakeClient((_, count) => ({ SecretString: count === 1 ? 'hunter2' : '{"a":"b"}' }));
  const secrets = createSecretReader({ client });
  await assert.rejects(
    secrets.read('arn'),
    (error) => !/hunter2/.test(error.message) && /not a JSON object/.test(error.message),
  );
  assert.deepEqual(await secrets.read('arn'), { a: 'b' });
});

test('a publisher tries again after a fault of the service, and not after a refusal', async () => {
  const client = fakeClient((_, count) => {
    if (count < 3) throw failure('InternalError', 500);
    return { MessageId: 'm' };
  });
  const retrying = { sleep: async () => undefined };
  assert.equal(await createPublisher({ client, topic: 't', retrying })('kind', 'Subject', { a: 1 }), 'm');
  assert.deepEqual(client.sent[2], {
    TopicArn: 't',
    Subject: 'Subject',
    Message: '{"a":1}',
    MessageAttributes: { kind: { DataType: 'String', StringValue: 'kind' } },
  });
  const refusing = fakeClient(() => {
    throw failure('AuthorizationError', 403);
  });
  await assert.rejects(createPublisher({ client: refusing, topic: 't', retrying })('k', 's', {}), /AuthorizationError/);
  assert.equal(refusing.sent.length, 1);
});

test('resuming tells whether the workflow still waited', async () => {
  const client = fakeClient((input) => {
    if (input.taskToken === 'old') throw failure('TaskTimedOut', 400);
    return {};
  });
  const workflow = createResumer({ client });
  assert.equal(await workflow.succeed('new', { a: 1 }), true);
  assert.equal(await workflow.fail('old', 'E', 'why'), false);
  assert.deepEqual(client.sent[0], { taskToken: 'new', output: '{"a":1}' });
  const refused = createResumer({
    client: fakeClient(() => {
      throw failure('AccessDeniedException', 400);
    }),
  });
  await assert.rejects(refused.succeed('t', {}), /AccessDenied/);
});

test("without a file of its own the database trusts Amazon's authorities, never everybody", () => {
  assert.equal(databaseOptions({ MAIN_HOST: 'h', MAIN_PORT: '3306' }).ssl, 'Amazon RDS');
});

/** A pool whose connections run the given function for each statement. */
function fakePool(execute, log = []) {
  const client = {
    ping: async () => undefined,
    execute: async (sql, parameters) => [await execute(sql, parameters)],
    beginTransaction: async () => log.push('begin'),
    commit: async () => log.push('commit'),
    rollback: async () => log.push('rollback'),
    release: () => log.push('release'),
    destroy: () => log.push('destroy'),
  };
  return { getConnection: async () => client, end: async () => log.push('end'), client };
}

function databaseOver(pools) {
  const opened = [];
  const secrets = {
    password: 'first',
    read: async () => ({ username: 'u', password: secrets.password }),
    forget: () => (secrets.password = 'second'),
  };
  const createPool = (options) => {
    opened.push(options);
    return pools[opened.length - 1];
  };
  return { database: createDatabase({ connect: { host: 'h', secret: 'arn' }, secrets, createPool }), opened };
}

test('after a rotation the pool is opened again with the new password', async () => {
  const denied = {
    getConnection: async () => {
      throw Object.assign(new Error('denied'), { code: 'ER_ACCESS_DENIED_ERROR' });
    },
    end: async () => undefined,
  };
  const { database, opened } = databaseOver([denied, fakePool(() => ['row'])]);
  assert.deepEqual(await database.query('SELECT 1'), ['row']);
  assert.deepEqual(
    opened.map((options) => options.password),
    ['first', 'second'],
  );
});

test('a password that is wrong twice is an error, not a loop', async () => {
  const denied = {
    getConnection: async () => {
      throw Object.assign(new Error('denied'), { code: 'ER_ACCESS_DENIED_ERROR' });
    },
    end: async () => undefined,
  };
  const { database, opened } = databaseOver([denied, denied, denied]);
  await assert.rejects(database.query('SELECT 1'), /denied/);
  assert.equal(opened.length, 2);
});

test('a conflict of locks runs the transaction again, another error does not', async () => {
  const log = [];
  const { database } = databaseOver([fakePool(() => 'row', log)]);
  let runs = 0;
  const deadlock = Object.assign(new Error('deadlock'), { code: 'ER_LOCK_DEADLOCK' });
  assert.equal(
    await database.transaction(async () => {
      runs += 1;
      if (runs === 1) throw deadlock;
      return runs;
    }),
    2,
  );
  await assert.rejects(
    database.transaction(async () => {
      throw new Error('other');
    }),
    /other/,
  );
  assert.deepEqual(log, ['begin', 'rollback', 'begin', 'commit', 'release', 'begin', 'rollback', 'release']);
  runs = 0;
  await assert.rejects(
    database.transaction(async () => {
      runs += 1;
      throw deadlock;
    }),
    /deadlock/,
  );
  assert.equal(runs, 3);
});

test('a connection that cannot roll back leaves the pool, and the first error is the one told', async () => {
  const log = [];
  const pool = fakePool(() => 'row', log);
  pool.client.rollback = async () => {
    throw new Error('gone');
  };
  const { database } = databaseOver([pool]);
  await assert.rejects(
    database.transaction(async () => {
      throw new Error('first');
    }),
    /first/,
  );
  assert.deepEqual(log, ['begin', 'destroy', 'release']);
});

test('a connection that has died while it lay idle is replaced before it is used', async () => {
  const log = [];
  const pool = fakePool(() => 'row', log);
  let pings = 0;
  pool.client.ping = async () => {
    pings += 1;
    if (pings < 3) throw new Error('lost');
  };
  const { database } = databaseOver([pool]);
  assert.equal(await database.query('SELECT 1'), 'row');
  assert.deepEqual(log, ['destroy', 'destroy', 'release']);
});

test('connections that never answer are an error, not a loop', async () => {
  const pool = fakePool(() => 'row');
  pool.client.ping = async () => {
    throw new Error('lost');
  };
  await assert.rejects(databaseOver([pool]).database.query('SELECT 1'), /lost/);
});
