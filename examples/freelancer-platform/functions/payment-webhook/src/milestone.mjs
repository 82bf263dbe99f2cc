// The workflow's call: release the payment of the next milestone. Only the workflow may invoke the function so, by its
// role.
import { isSubject } from '@freelancer-platform/shared/identity.mjs';
import { EventError } from './event.mjs';
import { confirmRelease, releaseMilestone, unconfirmedReleases } from './payments.mjs';

/**
 * Releases one milestone, tells of it, and says what is left to pay.
 *
 * @param {ReturnType<import('./index.mjs')['createParts']>} parts
 * @param {{ project: string }} call
 * @returns {Promise<{ project: string, status: 'paid' | 'nothing-due', milestone: number | null, amount_cents:
 *   number, remaining: number }>}
 */
export async function handleMilestone(parts, { project }) {
  if (!isSubject(project)) throw new EventError('the call has no valid project');
  const { paid, remaining } = await parts.database.transaction((run) => releaseMilestone(run, project));
  await tell(parts, project);
  const status = paid ? 'paid' : 'nothing-due';
  parts.log.info('milestone.released', { project_id: project, status, milestone: paid?.number, remaining });
  return { project, status, milestone: paid?.number ?? null, amount_cents: paid?.amount_cents ?? 0, remaining };
}

async function tell(parts, project) {
  const releases = await parts.database.transaction((run) => unconfirmedReleases(run, project));
  for (const { id, ...release } of releases) {
    await parts.publish('payment.released', 'Milestone paid', release);
    await parts.database.transaction((run) => confirmRelease(run, id));
  }
}
