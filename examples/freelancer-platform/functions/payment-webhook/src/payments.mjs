// What payments do to the database. Each function runs in a transaction that its caller has opened: `run(sql,
// parameters)`.
import { OUTCOMES } from './event.mjs';

/** The event speaks of something that is not its user's, or that does not exist: the two are not told apart. */
export class TenantError extends Error {
  name = 'TenantError';
}

/**
 * Takes in one event of the provider, once. Whose project it is, is settled before the transaction is looked at.
 *
 * @returns {Promise<{ isNew: boolean, isComplete: boolean }>} whether the event was unknown, and whether all its
 *   effects are done
 */
export async function recordEvent(run, event) {
  await requireOwner(run, event);
  const [known] = await run('SELECT completed_at FROM processed_events WHERE event_id = ? FOR UPDATE', [event.id]);
  if (known) return { isNew: false, isComplete: known.completed_at !== null };
  await run('INSERT INTO processed_events (event_id, user_id, user_type, event_type) VALUES (?, ?, ?, ?)', [
    event.id,
    event.user_id,
    event.user_type,
    event.type,
  ]);
  await settle(run, event);
  return { isNew: true, isComplete: false };
}

/** Notes that the effects of an event outside of the database are done. */
export async function completeEvent(run, event) {
  await run(
    'UPDATE processed_events SET completed_at = CURRENT_TIMESTAMP(3) WHERE event_id = ? AND user_type = ? AND user_id = ?',
    [event.id, event.user_type, event.user_id],
  );
}

async function requireOwner(run, { project_id: project, user_id: user, user_type: type }) {
  const owned = await run('SELECT id FROM projects WHERE id = ? AND user_type = ? AND user_id = ?', [
    project,
    type,
    user,
  ]);
  if (owned.length === 0) throw new TenantError('the project does not belong to the user of the event');
}

/**
 * A settled transaction stays settled, whatever arrives late; a failed one may still succeed. The reference stands
 * first, because MySQL assigns from left to right and a later expression sees the new status
 * (https://dev.mysql.com/doc/refman/8.0/en/update.html).
 */
async function settle(run, event) {
  const { affectedRows } = await run(
    `UPDATE transactions SET reference = IF(status = 'settled', reference, ?), status = IF(status = 'settled', status, ?)
      WHERE project_id = ? AND milestone = ? AND user_type = ? AND user_id = ? AND amount_cents = ? AND currency = ?`,
    [
      event.reference,
      OUTCOMES[event.type],
      event.project_id,
      event.milestone,
      event.user_type,
      event.user_id,
      event.amount_cents,
      event.currency,
    ],
  );
  if (affectedRows !== 1) throw new TenantError('the user has no such transaction');
}

/**
 * Releases the payment of the project's next approved milestone, and tells what is left.
 *
 * Each approval allows one release, so a call that is repeated after its answer was lost finds nothing due and pays
 * nothing twice.
 *
 * @returns {Promise<{ paid: { number: number, amount_cents: number } | null, remaining: number }>}
 */
export async function releaseMilestone(run, projectId) {
  const [project] = await run('SELECT id, user_id, user_type, currency FROM projects WHERE id = ? FOR UPDATE', [
    projectId,
  ]);
  if (!project) throw new TenantError('there is no such project');
  const [due] = await run(
    `SELECT m.number, m.amount_cents FROM milestones m
       JOIN contracts c ON c.project_id = m.project_id AND c.user_type = m.user_type AND c.user_id = m.user_id
      WHERE m.project_id = ? AND m.status = 'approved' ORDER BY m.number LIMIT 1 FOR UPDATE`,
    [projectId],
  );
  if (due) await pay(run, project, due);
  const remaining = await countUnpaid(run, projectId);
  if (due && remaining === 0) await run("UPDATE projects SET status = 'completed' WHERE id = ?", [projectId]);
  return { paid: due ?? null, remaining };
}

async function pay(run, project, due) {
  await run(
    `INSERT INTO transactions (project_id, milestone, user_id, user_type, amount_cents, currency) VALUES (?, ?, ?, ?, ?, ?)`,
    [project.id, due.number, project.user_id, project.user_type, due.amount_cents, project.currency],
  );
  await run("UPDATE milestones SET status = 'paid' WHERE project_id = ? AND number = ?", [project.id, due.number]);
}

async function countUnpaid(run, projectId) {
  const [{ unpaid }] = await run(
    "SELECT COUNT(*) AS unpaid FROM milestones WHERE project_id = ? AND status <> 'paid'",
    [projectId],
  );
  return Number(unpaid);
}

/** The releases of a project that nobody has been told of yet: also those of a call that died after its commit. */
export async function unconfirmedReleases(run, projectId) {
  return run(
    `SELECT id, project_id, milestone, user_id, user_type, amount_cents, currency FROM transactions
      WHERE project_id = ? AND confirmed_at IS NULL ORDER BY id`,
    [projectId],
  );
}

/** Notes that a release has been told. */
export async function confirmRelease(run, id) {
  await run('UPDATE transactions SET confirmed_at = CURRENT_TIMESTAMP(3) WHERE id = ?', [id]);
}
