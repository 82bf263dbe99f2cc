// A database with the schema of migrations/ and the rows that tests begin with.
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDatabase, databaseOptions } from '@freelancer-platform/shared/database.mjs';
import { migrate, readMigrations } from '../web/src/migrations.mjs';
import { databaseVariables } from './services.mjs';

export const MIGRATIONS = join(dirname(fileURLToPath(import.meta.url)), '../migrations');

/** The database of `startServices`, as the code under test sees it. */
export function openDatabase(services) {
  const { user: username, password } = services.database;
  const secrets = { read: async () => ({ username, password }), forget: () => undefined };
  return createDatabase({ connect: databaseOptions(databaseVariables(services, 'unused')), secrets, connections: 8 });
}

/** Brings the schema up to date. */
export const migrateAll = (database) => migrate(database, readMigrations(MIGRATIONS));

/** A new user of the type. */
export async function addUser(database, type) {
  const id = randomUUID();
  const email = `${type}-${id}@example.com`;
  await database.query('INSERT INTO users (user_type, user_id, email, display_name) VALUES (?, ?, ?, ?)', [
    type,
    id,
    email,
    `A ${type}`,
  ]);
  return { id, type, email };
}

/**
 * A project under way, with milestones of the given amounts, of which the first `approved` are approved.
 *
 * @param {number[]} amounts in cents
 */
export async function addProject(database, amounts, approved = 0) {
  const client = await addUser(database, 'client');
  const freelancer = await addUser(database, 'freelancer');
  const id = randomUUID();
  const bid = randomUUID();
  await database.query(
    "INSERT INTO projects (id, user_id, title, description, budget_cents, currency, status) VALUES (?, ?, 'A site', 'Words', 100000, 'USD', 'in_progress')",
    [id, client.id],
  );
  await database.query(
    "INSERT INTO bids (id, project_id, user_id, amount_cents, message) VALUES (?, ?, ?, 100000, 'Me')",
    [bid, id, freelancer.id],
  );
  await database.query('INSERT INTO contracts (project_id, bid_id, user_id) VALUES (?, ?, ?)', [
    id,
    bid,
    freelancer.id,
  ]);
  for (const [at, amount] of amounts.entries()) {
    await database.query(
      'INSERT INTO milestones (project_id, number, user_id, name, amount_cents, status) VALUES (?, ?, ?, ?, ?, ?)',
      [id, at + 1, freelancer.id, `Part ${at + 1}`, amount, at < approved ? 'approved' : 'defined'],
    );
  }
  return { id, client, freelancer };
}
