// Migrations: the files of a folder, each applied once, in the order of their names.
//
// MySQL commits every change of a schema by itself, so a file that fails half-way leaves its first half. Therefore each
// statement of a file can be run again, a file is recorded when all of it is done, and a run after a failure goes
// through the file once more.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LOCK = 'schema_migrations';
const LOCK_SECONDS = 60;

const FILE = /^\d{4}_[a-z0-9_]+\.sql$/;

const RECORD = `CREATE TABLE IF NOT EXISTS schema_migrations (
  name       VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  checksum   CHAR(64)     CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  applied_at TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)
) ENGINE = InnoDB`;

/** The files of the folder in their order, with their checksums. */
export function readMigrations(folder) {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort();
  const strange = names.filter((name) => !FILE.test(name));
  if (strange.length > 0) throw new Error(`migrations are named 0001_words.sql, unlike ${strange.join(', ')}`);
  return names.map((name) => {
    const sql = readFileSync(join(folder, name), 'utf8');
    return { name, statements: splitStatements(sql), checksum: createHash('sha256').update(sql).digest('hex') };
  });
}

/**
 * The statements of a file: each ends with a semicolon at the end of a line; lines that begin with `--` are comments.
 */
export function splitStatements(sql) {
  const code = sql
    .split('\n')
    .filter((line) => !line.startsWith('--'))
    .join('\n');
  return code
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter(Boolean);
}

/**
 * Applies what is not recorded yet. Two runs at once wait for each other.
 *
 * @param {{ session: Function }} database
 * @param {ReturnType<typeof readMigrations>} migrations
 * @returns {Promise<string[]>} the names of what was applied
 */
export function migrate(database, migrations) {
  return database.session(async (client) => {
    const run = async (sql, parameters = []) => (await client.execute(sql, parameters))[0];
    const [{ taken }] = await run('SELECT GET_LOCK(?, ?) AS taken', [LOCK, LOCK_SECONDS]);
    if (Number(taken) !== 1) throw new Error('another migration is running');
    try {
      return await apply(run, (statement) => client.query(statement), migrations);
    } finally {
      await run('SELECT RELEASE_LOCK(?)', [LOCK]);
    }
  });
}

async function apply(run, change, migrations) {
  await change(RECORD);
  const records = await run('SELECT name, checksum FROM schema_migrations');
  const applied = new Map(records.map(({ name, checksum }) => [name, checksum]));
  refuseChanges(applied, migrations);
  const open = migrations.filter(({ name }) => !applied.has(name));
  for (const { name, statements, checksum } of open) {
    for (const statement of statements) await change(statement);
    await run('INSERT INTO schema_migrations (name, checksum) VALUES (?, ?)', [name, checksum]);
  }
  return open.map(({ name }) => name);
}

/**
 * What was applied elsewhere must be what lies here: a database whose history differs is not one to change by itself.
 */
function refuseChanges(applied, migrations) {
  const changed = migrations.filter(({ name, checksum }) => applied.has(name) && applied.get(name) !== checksum);
  if (changed.length > 0)
    throw new Error(`changed after they were applied: ${changed.map(({ name }) => name).join(', ')}`);
  const missing = [...applied.keys()].filter((name) => !migrations.some((migration) => migration.name === name));
  if (missing.length > 0) throw new Error(`applied, but not in the folder: ${missing.join(', ')}`);
}
