// The MySQL database: a pool over TLS whose credentials come from Secrets Manager when they are needed, and again after
// a rotation.
import { readFileSync } from 'node:fs';
import mysql from 'mysql2/promise';

/** The server refused the credentials (https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html). */
const ACCESS_DENIED = 'ER_ACCESS_DENIED_ERROR';

/** The server ended a transaction to resolve a conflict of locks; the whole transaction may be run again. */
const LOCK_CONFLICTS = ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT'];

const TRANSACTION_ATTEMPTS = 3;

/**
 * The options of the connection that the environment gives: an edge to `database.main` makes MAIN_HOST and so on.
 *
 * DATABASE_CA_FILE names a PEM file to trust in place of Amazon's authorities for RDS, which mysql2 carries
 * (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html). TLS itself cannot be turned off.
 *
 * @param {Record<string, string>} environment
 */
export function databaseOptions(environment) {
  const authority = environment.DATABASE_CA_FILE;
  return {
    host: environment.MAIN_HOST,
    port: Number(environment.MAIN_PORT),
    database: environment.MAIN_NAME,
    secret: environment.MAIN_SECRET_ARN,
    ssl: authority ? { ca: readFileSync(authority, 'utf8'), minVersion: 'TLSv1.2' } : 'Amazon RDS',
  };
}

/**
 * A database whose pool is opened by the first use.
 *
 * @param {object} options
 * @param {ReturnType<typeof databaseOptions>} options.connect
 * @param {{ read: Function, forget: Function }} options.secrets
 * @param {number} [options.connections] the most connections that the pool opens
 * @param {(options: object) => object} [options.createPool]
 */
export function createDatabase({ connect, secrets, connections = 4, createPool = mysql.createPool }) {
  const { secret, ...server } = connect;
  /** @type {Promise<import('mysql2/promise').Pool> | undefined} */
  let pool;

  const open = async () => {
    const { username, password } = await secrets.read(secret);
    return createPool({ ...poolOptions(server, connections), user: username, password });
  };
  const opened = () => {
    const opening = (pool ??= open());
    // A failure to open is not kept: the next caller tries again.
    opening.catch(() => pool === opening && (pool = undefined));
    return opening;
  };
  const close = async (stale) => {
    if (stale === undefined) return;
    if (pool === stale) pool = undefined;
    await stale.then(
      (open) => open.end(),
      () => undefined,
    );
  };

  const connection = async () => {
    const used = opened();
    try {
      return await takeAlive(await used, connections);
    } catch (error) {
      if (error.code !== ACCESS_DENIED) throw error;
      // RDS rotates the password on its own schedule: ask for the new one once, then let the error through.
      secrets.forget(secret);
      close(used).catch(() => undefined);
      return takeAlive(await opened(), connections);
    }
  };

  const session = async (work) => {
    const client = await connection();
    try {
      return await work(client);
    } finally {
      client.release();
    }
  };

  return {
    /** One statement with its parameters; gives the rows, or the result of a change. */
    query: (sql, parameters = []) => session(async (client) => (await client.execute(sql, parameters))[0]),
    /** A connection of its own for as long as the work runs. */
    session,
    /** Runs the work in one transaction; a conflict of locks runs it again from its beginning. */
    transaction: (work) => session((client) => inTransaction(client, work)),
    end: () => close(pool),
  };
}

function poolOptions(server, connections) {
  return {
    ...server,
    connectionLimit: connections,
    maxIdle: connections,
    // Aurora closes idle connections after eight hours and moves on a failover: idle ones are given up long before.
    idleTimeout: 60_000,
    enableKeepAlive: true,
    connectTimeout: 5_000,
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
  };
}

/**
 * A connection that answers. One that lay idle while a function was frozen or the database failed over is found dead
 * only by its use, and a statement that was lost with it cannot be told from one that was carried out: so it is asked
 * before anything is at stake.
 */
async function takeAlive(pool, connections) {
  for (let left = connections; ; left -= 1) {
    const client = await pool.getConnection();
    try {
      await client.ping();
      return client;
    } catch (error) {
      // A dead connection leaves the pool; when all that it can hold were dead, the next one was new, and the fault
      // lies elsewhere.
      client.destroy();
      if (left === 0) throw error;
    }
  }
}

async function inTransaction(client, work) {
  for (let attempt = 1; ; attempt += 1) {
    await client.beginTransaction();
    try {
      const result = await work(createExecutor(client));
      await client.commit();
      return result;
    } catch (error) {
      await rollBack(client);
      if (attempt >= TRANSACTION_ATTEMPTS || !LOCK_CONFLICTS.includes(error.code)) throw error;
    }
  }
}

/** A connection that cannot roll back is not fit for the pool; the error that led here is the one worth telling. */
async function rollBack(client) {
  try {
    await client.rollback();
  } catch {
    client.destroy();
  }
}

function createExecutor(client) {
  return async (sql, parameters = []) => (await client.execute(sql, parameters))[0];
}
