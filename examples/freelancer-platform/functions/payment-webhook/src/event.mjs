// The events of the payment provider, as plain checked values.
import { isSubject, isUserType } from '@freelancer-platform/shared/identity.mjs';

/** What an event makes of its transaction. */
export const OUTCOMES = { 'payment.succeeded': 'settled', 'payment.failed': 'failed' };

/** The event cannot be understood. Trying again does not help, so the message ends in the dead-letter queue. */
export class EventError extends Error {
  name = 'EventError';
}

const isText = (most) => (value) => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value) && value.length <= most;
const isPositive = (value) => Number.isSafeInteger(value) && value > 0;
/** The longest task token (https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html). */
const isToken = isText(2048);

const RULES = {
  user_id: isSubject,
  user_type: isUserType,
  project_id: isSubject,
  milestone: (value) => isPositive(value) && value < 1000,
  amount_cents: isPositive,
  currency: (value) => typeof value === 'string' && /^[A-Z]{3}$/.test(value),
  reference: isText(128),
  task_token: (value) => value === undefined || isToken(value),
};

/**
 * Reads an event; keys that nothing here knows are left out.
 *
 * @param {string} body
 * @returns {{ id: string, type: keyof OUTCOMES, user_id: string, user_type: string, project_id: string, milestone:
 *   number,
 *   amount_cents: number, currency: string, reference: string, task_token?: string }}
 * @throws {EventError}
 */
export function parseEvent(body) {
  const event = parseJson(body);
  const faults = [];
  if (!isText(128)(event?.id)) faults.push('id');
  if (!Object.hasOwn(OUTCOMES, event?.type ?? '')) faults.push('type');
  const data = event?.data ?? {};
  faults.push(
    ...Object.keys(RULES)
      .filter((key) => !RULES[key](data[key]))
      .map((key) => `data.${key}`),
  );
  if (faults.length > 0) throw new EventError(`the event has no valid ${faults.join(', ')}`);
  const known = Object.fromEntries(Object.keys(RULES).map((key) => [key, data[key]]));
  return { id: event.id, type: event.type, ...known };
}

function parseJson(body) {
  try {
    return JSON.parse(body);
  } catch {
    throw new EventError('the event is not JSON');
  }
}
