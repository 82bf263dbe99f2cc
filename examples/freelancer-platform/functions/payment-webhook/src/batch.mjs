// Records of the queue: one webhook call each. A record that fails is reported alone, so that the others are not
// delivered again, and it is retried by the queue until the redrive count sends it to the dead-letter queue
// (https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
import { parseEvent } from './event.mjs';
import { completeEvent, recordEvent } from './payments.mjs';
import { verifySignature } from './signature.mjs';

/** The attribute in which the API passes on the header X-Payment-Signature. */
const SIGNATURE_ATTRIBUTE = 'signature';

/**
 * What a record may need, in milliseconds. With less than that left, a record goes back to the queue untouched: a
 * function that is ended by its timeout gives back the whole batch.
 */
const RESERVE = 8_000;

/**
 * Takes in a batch, record by record: their order within a project matters more than a few milliseconds.
 *
 * @param {ReturnType<import('./index.mjs')['createParts']>} parts
 * @param {() => number} [remaining] the milliseconds until the function is ended
 * @returns {Promise<{ batchItemFailures: { itemIdentifier: string }[] }>}
 */
export async function handleBatch(parts, records, remaining = () => Infinity) {
  const batchItemFailures = [];
  for (const record of records) {
    const log = parts.log.with({
      message_id: record.messageId,
      deliveries: Number(record.attributes?.ApproximateReceiveCount ?? 1),
    });
    try {
      if (remaining() < RESERVE) throw new Error('there is no time left for this record');
      await handleRecord(parts, record, log);
    } catch (error) {
      log.error('payment.rejected', { error });
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
}

async function handleRecord(parts, record, log) {
  verifySignature({
    body: record.body,
    signature: record.messageAttributes?.[SIGNATURE_ATTRIBUTE]?.stringValue,
    secrets: await parts.webhookSecrets(),
    arrivedAt: Number(record.attributes.SentTimestamp) / 1000,
  });
  const event = parseEvent(record.body);
  const { isNew, isComplete } = await parts.database.transaction((run) => recordEvent(run, event));
  if (!isComplete) await carryOut(parts, event, log);
  log.info(isNew ? 'payment.processed' : 'payment.repeated', {
    event_id: event.id,
    type: event.type,
    project_id: event.project_id,
  });
}

/** The effects outside of the database. They may happen twice after a crash, never not at all. */
async function carryOut(parts, event, log) {
  const { task_token: token, ...confirmation } = event;
  await parts.publish(event.type, 'Payment update', confirmation);
  if (token !== undefined && !(await resume(parts.workflow, token, event))) {
    log.warn('workflow.no_longer_waiting', { event_id: event.id, project_id: event.project_id });
  }
  await parts.database.transaction((run) => completeEvent(run, event));
}

function resume(workflow, token, event) {
  if (event.type === 'payment.failed')
    return workflow.fail(token, 'PaymentFailed', `the payment ${event.reference} failed`);
  return workflow.succeed(token, { status: 'paid', reference: event.reference, milestone: event.milestone });
}
