// Projects, bids, contracts and milestones. Each function runs in a transaction that its caller has opened, `run(sql,
// parameters)`, and asks for the caller's tenant in the statement itself: what is not yours is not found.
import { randomUUID } from 'node:crypto';
import { badRequest, conflict, notFound } from './http.mjs';

const PROJECT = 'p.id, p.title, p.description, p.budget_cents, p.currency, p.status, p.created_at';

/** The database refuses a second row where one may be. */
const DUPLICATE = 'ER_DUP_ENTRY';

export async function createProject(run, identity, { title, description, budget_cents: budget, currency }) {
  const id = randomUUID();
  await run(
    'INSERT INTO projects (id, user_type, user_id, title, description, budget_cents, currency) VALUES (?, ?, ?, ?, ?, ?, ?)',
    [id, identity.type, identity.subject, title, description, budget, currency],
  );
  return { id, title, description, budget_cents: budget, currency, status: 'open' };
}

/** A client sees their own projects; a freelancer those that are open. `limit` is a whole number that was checked. */
export async function listProjects(run, identity, limit) {
  const [filter, parameters] =
    identity.type === 'client'
      ? ['p.user_type = ? AND p.user_id = ?', [identity.type, identity.subject]]
      : ["p.status = 'open'", []];
  return run(
    `SELECT ${PROJECT} FROM projects p WHERE ${filter} ORDER BY p.created_at DESC, p.id LIMIT ${Number(limit)}`,
    parameters,
  );
}

/** One project: its owner's, an open one, or one that the freelancer works on. */
export async function findProject(run, identity, id) {
  const [project] = await run(
    `SELECT ${PROJECT} FROM projects p LEFT JOIN contracts c ON c.project_id = p.id
      WHERE p.id = ? AND ((p.user_type = ? AND p.user_id = ?) OR (? = 'freelancer' AND p.status = 'open') OR (c.user_type = ? AND c.user_id = ?))`,
    [id, identity.type, identity.subject, identity.type, identity.type, identity.subject],
  );
  if (!project) throw notFound();
  const milestones = await run(
    'SELECT number, name, amount_cents, status FROM milestones WHERE project_id = ? ORDER BY number',
    [id],
  );
  return { ...project, milestones };
}

/** The owner's project, locked until the transaction ends. */
async function lockOwned(run, identity, id) {
  const [project] = await run(
    'SELECT id, title, currency, status FROM projects WHERE id = ? AND user_type = ? AND user_id = ? FOR UPDATE',
    [id, identity.type, identity.subject],
  );
  if (!project) throw notFound();
  return project;
}

export async function placeBid(run, identity, projectId, { amount_cents: amount, message }) {
  const [project] = await run("SELECT id, title FROM projects WHERE id = ? AND status = 'open' LOCK IN SHARE MODE", [
    projectId,
  ]);
  if (!project) throw notFound();
  const bid = { id: randomUUID(), project_id: projectId, amount_cents: amount, message };
  try {
    await run(
      'INSERT INTO bids (id, project_id, user_type, user_id, amount_cents, message) VALUES (?, ?, ?, ?, ?, ?)',
      [bid.id, projectId, identity.type, identity.subject, amount, message],
    );
  } catch (error) {
    if (error.code === DUPLICATE) throw conflict('bid_exists', 'there is a bid of yours already');
    throw error;
  }
  return { bid, project };
}

export async function listBids(run, identity, projectId) {
  await lockOwned(run, identity, projectId);
  return run(
    `SELECT b.id, b.amount_cents, b.message, b.created_at, u.user_id AS freelancer, u.display_name
       FROM bids b JOIN users u ON u.user_type = b.user_type AND u.user_id = b.user_id
      WHERE b.project_id = ? ORDER BY b.amount_cents, b.created_at`,
    [projectId],
  );
}

/** Makes the contract with the freelancer of a bid. */
export async function awardProject(run, identity, projectId, bidId) {
  const project = await lockOwned(run, identity, projectId);
  if (project.status !== 'open') throw conflict('not_open', 'the project has been awarded already');
  const [bid] = await run(
    `SELECT b.id, b.user_type, b.user_id, b.amount_cents, u.email, u.display_name
       FROM bids b JOIN users u ON u.user_type = b.user_type AND u.user_id = b.user_id WHERE b.project_id = ? AND b.id = ?`,
    [projectId, bidId],
  );
  if (!bid) throw badRequest('bid_id is not a bid of this project');
  await run('INSERT INTO contracts (project_id, bid_id, user_type, user_id) VALUES (?, ?, ?, ?)', [
    projectId,
    bid.id,
    bid.user_type,
    bid.user_id,
  ]);
  await run("UPDATE projects SET status = 'awarded' WHERE id = ?", [projectId]);
  const [{ bids }] = await run('SELECT COUNT(*) AS bids FROM bids WHERE project_id = ?', [projectId]);
  return { project, bid, bids: Number(bids) };
}

/** Lays down what is paid when. The parts add up to the bid: the contract is about that sum. */
export async function defineMilestones(run, identity, projectId, milestones) {
  const project = await lockOwned(run, identity, projectId);
  if (project.status !== 'awarded')
    throw conflict('not_awarded', 'milestones are defined once, after the project is awarded');
  const [contract] = await run(
    'SELECT c.user_type, c.user_id, b.amount_cents FROM contracts c JOIN bids b ON b.id = c.bid_id WHERE c.project_id = ?',
    [projectId],
  );
  const sum = milestones.reduce((total, { amount_cents: amount }) => total + amount, 0);
  if (sum !== contract.amount_cents)
    throw badRequest(`the milestones must add up to the bid, ${contract.amount_cents} cents`);
  for (const [at, { name, amount_cents: amount }] of milestones.entries()) {
    await run(
      'INSERT INTO milestones (project_id, number, user_type, user_id, name, amount_cents) VALUES (?, ?, ?, ?, ?, ?)',
      [projectId, at + 1, contract.user_type, contract.user_id, name, amount],
    );
  }
  await run("UPDATE projects SET status = 'in_progress' WHERE id = ?", [projectId]);
  return { project, count: milestones.length };
}

/** Decides on the next milestone. They are decided in their order, and none while an approved one is not paid yet. */
export async function decideMilestone(run, identity, projectId, number, status) {
  const project = await lockOwned(run, identity, projectId);
  const [next] = await run(
    `SELECT m.number, m.name, m.status, u.email, u.display_name
       FROM milestones m JOIN users u ON u.user_type = m.user_type AND u.user_id = m.user_id
      WHERE m.project_id = ? AND m.status <> 'paid' ORDER BY m.number LIMIT 1 FOR UPDATE`,
    [projectId],
  );
  if (next?.number !== number || next.status !== 'defined')
    throw conflict('not_next', 'this milestone is not the one to decide on');
  if (status === 'approved') {
    await run("UPDATE milestones SET status = 'approved' WHERE project_id = ? AND number = ?", [projectId, number]);
  }
  return { project, milestone: next };
}

/** How many projects are under way, for the metric of the platform. */
export async function countActive(database) {
  const [{ active }] = await database.query(
    "SELECT COUNT(*) AS active FROM projects WHERE status IN ('awarded', 'in_progress')",
  );
  return Number(active);
}
