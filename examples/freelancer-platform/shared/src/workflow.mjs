// Answering a workflow that waits for a task token.
import { SendTaskFailureCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { retry } from './retry.mjs';

/** The workflow no longer waits for this token, and never will again: another try is in vain. */
const NO_LONGER_WAITING = ['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'];

/**
 * Functions that resume a waiting task. Both give false if nothing waits for the token any more.
 *
 * @param {object} options
 * @param {{ send: Function }} options.client a client of Step Functions
 * @param {object} [options.retrying] see `retry`
 */
export function createResumer({ client, retrying }) {
  const send = async (command) => {
    try {
      await retry(() => client.send(command), retrying);
      return true;
    } catch (error) {
      if (NO_LONGER_WAITING.includes(error.name)) return false;
      throw error;
    }
  };
  return {
    succeed: (token, output) => send(new SendTaskSuccessCommand({ taskToken: token, output: JSON.stringify(output) })),
    fail: (token, error, cause) => send(new SendTaskFailureCommand({ taskToken: token, error, cause })),
  };
}
