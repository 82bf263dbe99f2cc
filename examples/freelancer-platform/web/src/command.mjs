// `npm run migrate` and `npm run payout-report`: tasks of the same image that run once and end.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLog } from '@freelancer-platform/shared/log.mjs';
import { migrate, readMigrations } from './migrations.mjs';
import { createDatabaseFrom } from './parts.mjs';
import { dayBefore, reportPayouts } from './payout-report.mjs';

const MIGRATIONS = join(dirname(fileURLToPath(import.meta.url)), '../../migrations');

const COMMANDS = {
  migrate: async (database, log) =>
    log.info('migrations.applied', { applied: await migrate(database, readMigrations(MIGRATIONS)) }),
  'payout-report': (database, log) => reportPayouts(database, dayBefore(new Date()), log),
};

/** The report reads from a replica: it may be seconds late, and must not slow down the service. */
const READS_ONLY = ['payout-report'];

async function run(name, environment, log) {
  if (!Object.hasOwn(COMMANDS, name ?? ''))
    throw new Error(`there is no command ${name}; there are ${Object.keys(COMMANDS).join(', ')}`);
  const host = READS_ONLY.includes(name)
    ? environment.MAIN_READER_HOST || environment.MAIN_HOST
    : environment.MAIN_HOST;
  const database = createDatabaseFrom({ ...environment, MAIN_HOST: host }, 1);
  try {
    await COMMANDS[name](database, log);
  } finally {
    await database.end();
  }
}

const [, , name] = process.argv;
const log = createLog({ level: process.env.LOG_LEVEL, fields: { command: name } });
await run(name, process.env, log).catch((error) => {
  log.error('command.failed', { error });
  process.exitCode = 1;
});
