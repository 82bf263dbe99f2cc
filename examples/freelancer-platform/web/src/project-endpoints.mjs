// What the service offers around projects: from the project to its bids, its contract and its milestones. An answer to
// the workflow is written in the same transaction as what it is about, so that neither is there without the other.
import { isSubject } from '@freelancer-platform/shared/identity.mjs';
import { notFound } from './http.mjs';
import { cents, list, matching, oneOf, pageSize, read, text } from './input.mjs';
import * as projects from './projects.mjs';
import { findUser } from './users.mjs';

const subject = { expects: 'an identifier', holds: isSubject };
const currency = matching(/^[A-Z]{3}$/, 'a currency of three capital letters');

/** Identifiers in paths are looked at before anything is read: what cannot be one is not found. */
function idOf({ parameters }) {
  if (!isSubject(parameters.id)) throw notFound();
  return parameters.id;
}

function numberOf({ parameters }) {
  const number = Number(parameters.number);
  if (!Number.isInteger(number) || number < 1) throw notFound();
  return number;
}

/**
 * The table for the router, over the parts of the service.
 *
 * @param {ReturnType<import('./parts.mjs')['createParts']>} parts
 */
export function createProjectEndpoints(parts) {
  return { ...projectEndpoints(parts), ...lifecycleEndpoints(parts) };
}

function projectEndpoints(parts) {
  const { database } = parts;
  const project = { title: text(200), description: text(10_000), budget_cents: cents, currency };
  return {
    'GET /projects': {
      who: 'anyone',
      handle: async ({ identity, query }) => {
        const limit = pageSize(query);
        return [200, { projects: await database.transaction((run) => projects.listProjects(run, identity, limit)) }];
      },
    },
    'POST /projects': {
      who: 'client',
      handle: async (call) => postProject(parts, call, read(await call.body(), project)),
    },
    'GET /projects/:id': {
      who: 'anyone',
      handle: async (call) => [
        200,
        await database.transaction((run) => projects.findProject(run, call.identity, idOf(call))),
      ],
    },
    'GET /projects/:id/bids': {
      who: 'client',
      handle: async (call) => [
        200,
        { bids: await database.transaction((run) => projects.listBids(run, call.identity, idOf(call))) },
      ],
    },
    'POST /projects/:id/bids': {
      who: 'freelancer',
      handle: async (call) =>
        postBid(parts, call, idOf(call), read(await call.body(), { amount_cents: cents, message: text(4000) })),
    },
  };
}

async function postProject({ database, lifecycle }, { identity, log }, fields) {
  const user = await findUser(database, identity);
  const made = await database.transaction((run) => projects.createProject(run, identity, fields));
  log.info('project.created', { project_id: made.id, budget_cents: made.budget_cents });
  await lifecycle.startProject({ ...made, email: user.email, display_name: user.display_name });
  return [201, made];
}

async function postBid({ database, topics }, { identity, log }, id, fields) {
  await findUser(database, identity);
  const { bid, project } = await database.transaction((run) => projects.placeBid(run, identity, id, fields));
  log.info('bid.placed', { project_id: id, bid_id: bid.id, amount_cents: bid.amount_cents });
  // The bid stands, whether or not the notice of it arrives.
  await topics
    .newBid('bid.placed', 'New bid', {
      project: { id, title: project.title },
      bid: { id: bid.id, amount_cents: bid.amount_cents },
    })
    .catch((error) => log.error('notice.not_sent', { project_id: id, error }));
  return [201, bid];
}

function lifecycleEndpoints(parts) {
  const milestone = { name: text(200), amount_cents: cents };
  return {
    'POST /projects/:id/award': {
      who: 'client',
      handle: async (call) => award(parts, call, idOf(call), read(await call.body(), { bid_id: subject }).bid_id),
    },
    'POST /projects/:id/milestones': {
      who: 'client',
      handle: async (call) =>
        defineMilestones(
          parts,
          call,
          idOf(call),
          read(await call.body(), { milestones: list(milestone, 50) }).milestones,
        ),
    },
    'POST /projects/:id/milestones/:number/decision': {
      who: 'client',
      handle: async (call) => {
        const { status } = read(await call.body(), { status: oneOf('approved', 'rejected') });
        return decide(parts, call, { id: idOf(call), number: numberOf(call), status });
      },
    },
  };
}

async function award({ database, lifecycle }, { identity, log }, id, bidId) {
  const { bid } = await database.transaction(async (run) => {
    const made = await projects.awardProject(run, identity, id, bidId);
    const freelancer = { user_id: made.bid.user_id, email: made.bid.email, name: made.bid.display_name };
    await lifecycle.answer(run, id, { count: made.bids, bid_id: made.bid.id, freelancer });
    return made;
  });
  log.info('contract.awarded', { project_id: id, bid_id: bid.id, amount_cents: bid.amount_cents });
  await lifecycle.resumeProject(id);
  return [200, { project_id: id, bid_id: bid.id, freelancer: bid.user_id, amount_cents: bid.amount_cents }];
}

async function defineMilestones({ database, lifecycle }, { identity, log }, id, milestones) {
  const { count } = await database.transaction(async (run) => {
    const made = await projects.defineMilestones(run, identity, id, milestones);
    await lifecycle.answer(run, id, { count: made.count });
    return made;
  });
  log.info('milestones.defined', { project_id: id, count });
  await lifecycle.resumeProject(id);
  return [201, { project_id: id, count }];
}

async function decide({ database, lifecycle, topics, mail }, { identity, log }, { id, number, status }) {
  const { project, milestone } = await database.transaction(async (run) => {
    const made = await projects.decideMilestone(run, identity, id, number, status);
    await lifecycle.answer(run, id, { status, milestone: number });
    return made;
  });
  log.info(`milestone.${status}`, { project_id: id, milestone: number });
  await lifecycle.resumeProject(id);
  if (status === 'approved') {
    const data = { name: milestone.name, title: project.title, freelancer: milestone.display_name };
    const notices = [
      topics.milestone('milestone.approved', 'Milestone approved', {
        project: { id, title: project.title },
        milestone: { number, name: milestone.name },
      }),
      mail({ to: milestone.email, data }),
    ];
    for (const { reason: error } of (await Promise.allSettled(notices)).filter(
      (notice) => notice.status === 'rejected',
    )) {
      log.error('notice.not_sent', { project_id: id, error });
    }
  }
  return [200, { project_id: id, milestone: number, status }];
}
