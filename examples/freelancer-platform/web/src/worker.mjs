// What runs beside the requests: tokens of waiting workflows are taken from their queue, what got stuck is delivered,
// and the metric of active projects is written.
import { setTimeout as pause } from 'node:timers/promises';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { isSubject } from '@freelancer-platform/shared/identity.mjs';
import { recordToken } from './lifecycle.mjs';
import { countActive } from './projects.mjs';

const LONG_POLL_SECONDS = 20;
const SWEEP_SECONDS = 30;
const METRIC_SECONDS = 60;

/** How long a loop rests after a fault, in milliseconds. */
const REST = 5_000;

/**
 * Reads one message of the queue. It is a notification of a topic, with or without its envelope. What a waiting workflow
 * says is `{ token, state, execution, data }`, with its own data as `data`; other messages of the same topics have no
 * token, and are of no interest here.
 *
 * @returns {{ projectId: string, token: string } | undefined}
 */
export function readTask({ Body: body }) {
  const outer = parse(body);
  const { token, data } = (outer?.Type === 'Notification' ? parse(outer.Message) : outer) ?? {};
  const projectId = data?.project?.id;
  return typeof token === 'string' && isSubject(projectId) ? { projectId, token } : undefined;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The loops. `stop` ends them and waits for what they are doing.
 *
 * @param {object} options
 * @param {{ send: Function }} options.queue a client of SQS
 * @param {string} [options.queueUrl] the queue with the tokens; without it that loop does not run
 */
export function startWorker({ database, lifecycle, sessions, queue, queueUrl, log }) {
  const stopping = new AbortController();
  const loop = async (event, rest, work) => {
    while (!stopping.signal.aborted) {
      const failed = await work().then(
        () => false,
        (error) => stopping.signal.aborted || !log.error(event, { error }),
      );
      await pause(failed ? REST : rest, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };

  const takeTasks = async () => {
    const request = {
      QueueUrl: queueUrl,
      WaitTimeSeconds: LONG_POLL_SECONDS,
      MaxNumberOfMessages: 10,
    };
    const { Messages: messages = [] } = await queue.send(new ReceiveMessageCommand(request), {
      abortSignal: stopping.signal,
    });
    // One that fails comes back by itself; the others must not wait for it.
    for (const message of messages)
      await takeTask(message).catch((error) => log.error('task.failed', { message_id: message.MessageId, error }));
  };
  const takeTask = async (message) => {
    const task = readTask(message);
    if (task) {
      await database.transaction((run) => recordToken(run, task.projectId, task.token));
      await lifecycle.resumeProject(task.projectId);
    }
    // Deleted last: a task that dies before this gets the message again, and knows the token by then.
    await queue.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: message.ReceiptHandle }));
  };
  const tellActive = async () => {
    if (await sessions.isFirst('projects.active', METRIC_SECONDS - 5))
      log.info('projects.active', { count: await countActive(database) });
  };

  const loops = [
    loop('sweep.failed', SWEEP_SECONDS * 1000, lifecycle.sweep),
    loop('metric.failed', METRIC_SECONDS * 1000, tellActive),
    ...(queueUrl ? [loop('tasks.failed', 0, takeTasks)] : []),
  ];
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}
