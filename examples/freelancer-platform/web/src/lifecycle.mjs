// The workflow of a project: started when the project is made, and resumed when its client has answered.
//
// While the workflow waits it has a token, which comes through a queue; the client's answer comes through the API.
// Either may be first, and any task may die between two steps. So both are written down, and what is written down is
// delivered until it arrives.
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { conflict } from './http.mjs';

/** How long the other ways get before the sweep starts an execution that is missing, in seconds. */
const GRACE_SECONDS = 30;
const SWEEP_SIZE = 20;

/** The project has left the step: its latest row has both halves, or there is none. */
const isComplete = (step) => step === undefined || (step.token !== null && step.answer !== null);

/** Writes down the client's answer to the present step, or ahead of a token that is still on its way. */
export async function recordAnswer(run, projectId, answer) {
  const { owner, latest, next } = await openStep(run, projectId);
  const text = JSON.stringify(answer);
  if (isComplete(latest)) {
    await insertStep(run, { projectId, next, owner, token: null, answer: text });
  } else if (latest.answer !== null) {
    throw conflict('workflow_busy', 'the answer before this one is still on its way; try again in a moment');
  } else {
    await run('UPDATE workflow_steps SET answer = ? WHERE project_id = ? AND step = ?', [text, projectId, latest.step]);
  }
}

/**
 * Writes down the token of a wait. A token that comes again is known; another one for a step without answer replaces
 * the former.
 */
export async function recordToken(run, projectId, token) {
  const { owner, latest, next } = await openStep(run, projectId);
  if (owner === undefined) return;
  const [known] = await run('SELECT step FROM workflow_steps WHERE project_id = ? AND token = ? FOR UPDATE', [
    projectId,
    token,
  ]);
  if (known) return;
  if (isComplete(latest)) {
    await insertStep(run, { projectId, next, owner, token, answer: null });
  } else {
    await run('UPDATE workflow_steps SET token = ? WHERE project_id = ? AND step = ?', [token, projectId, latest.step]);
  }
}

/**
 * The project is locked first, so that token and answer of one project are written one after the other. The steps are
 * read with a lock as well: a plain read would show them as they were before the wait
 * (https://dev.mysql.com/doc/refman/8.0/en/innodb-consistent-read.html).
 */
async function openStep(run, projectId) {
  const [owner] = await run('SELECT user_type, user_id FROM projects WHERE id = ? FOR UPDATE', [projectId]);
  const [latest] = await run(
    'SELECT step, token, answer FROM workflow_steps WHERE project_id = ? ORDER BY step DESC LIMIT 1 FOR UPDATE',
    [projectId],
  );
  return { owner, latest, next: (latest?.step ?? 0) + 1 };
}

async function insertStep(run, { projectId, next, owner, token, answer }) {
  await run(
    'INSERT INTO workflow_steps (project_id, step, user_type, user_id, token, answer) VALUES (?, ?, ?, ?, ?, ?)',
    [projectId, next, owner.user_type, owner.user_id, token, answer],
  );
}

/**
 * What reaches Step Functions.
 *
 * @param {object} options
 * @param {ReturnType<import('@freelancer-platform/shared/database.mjs')['createDatabase']>} options.database
 * @param {{ send: Function }} options.client a client of Step Functions
 * @param {ReturnType<import('@freelancer-platform/shared/workflow.mjs')['createResumer']>} options.resumer
 * @param {string} options.stateMachine its ARN
 * @param {boolean} options.hasTokens whether the tokens of waiting workflows reach this service
 */
export function createLifecycle({ database, client, resumer, stateMachine, hasTokens, log }) {
  /** The name of the execution is the project's, so starting it again is harmless. */
  const start = async ({ id, title, email, display_name: name }) => {
    // The title stands at the top as well, where the templates of the workflow's e-mails look for it.
    const input = JSON.stringify({ title, project: { id, title }, client: { email, name } });
    const executionArn = await startOnce(client, { stateMachineArn: stateMachine, name: id, input });
    await database.query('UPDATE projects SET execution_arn = ? WHERE id = ? AND execution_arn IS NULL', [
      executionArn,
      id,
    ]);
  };
  const deliver = async ({ project_id: projectId, step, token, answer }) => {
    const waiting = await resumer.succeed(token, JSON.parse(answer));
    if (!waiting) log.warn('workflow.no_longer_waiting', { project_id: projectId, step });
    await database.query(
      'UPDATE workflow_steps SET delivered_at = CURRENT_TIMESTAMP(3) WHERE project_id = ? AND step = ?',
      [projectId, step],
    );
  };
  /** One that fails must not hold up the others; the next sweep tries it again. */
  const each = async (rows, event, work) => {
    for (const row of rows) {
      await work(row).catch((error) => log.error(event, { project_id: row.project_id ?? row.id, error }));
    }
  };
  const deliverable = (filter, parameters) =>
    database.query(
      `SELECT project_id, step, token, answer FROM workflow_steps
      WHERE delivered_at IS NULL AND token IS NOT NULL AND answer IS NOT NULL ${filter} ORDER BY created_at LIMIT ${SWEEP_SIZE}`,
      parameters,
    );
  return {
    /**
     * Writes down an answer, unless the platform has no way on which tokens come: then nobody waits for it, and it
     * would lie for ever.
     */
    answer: async (run, projectId, answer) => {
      if (hasTokens) await recordAnswer(run, projectId, answer);
      else log.warn('workflow.not_answered', { project_id: projectId });
    },
    startProject: (row) => each([row], 'workflow.not_started', start),
    resumeProject: async (id) => each(await deliverable('AND project_id = ?', [id]), 'workflow.not_resumed', deliver),
    /** Makes up for what a task could not finish. */
    sweep: async () => {
      const missing = await database.query(
        `SELECT p.id, p.title, u.email, u.display_name FROM projects p
           JOIN users u ON u.user_type = p.user_type AND u.user_id = p.user_id
          WHERE p.execution_arn IS NULL AND p.created_at < CURRENT_TIMESTAMP(3) - INTERVAL ${GRACE_SECONDS} SECOND
          ORDER BY p.created_at LIMIT ${SWEEP_SIZE}`,
      );
      await each(missing, 'workflow.not_started', start);
      await each(await deliverable('', []), 'workflow.not_resumed', deliver);
    },
  };
}

async function startOnce(client, request) {
  try {
    return (await client.send(new StartExecutionCommand(request))).executionArn;
  } catch (error) {
    if (error.name !== 'ExecutionAlreadyExists') throw error;
    return `${request.stateMachineArn.replace(':stateMachine:', ':execution:')}:${request.name}`;
  }
}
