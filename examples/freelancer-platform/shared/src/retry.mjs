// Retries with exponential backoff and full jitter, bounded in number: a crowd of callers that failed together must not
// come back together (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Runs the operation until it succeeds, its error is final, or the attempts are used up; then throws its last error.
 *
 * @template Result
 * @param {(attempt: number) => Promise<Result>} operation `attempt` counts from 1
 * @param {object} [options]
 * @param {number} [options.attempts] how often the operation runs at most
 * @param {number} [options.baseMs] upper bound of the first pause; it doubles with each attempt
 * @param {number} [options.capMs] upper bound of every pause
 * @param {(error: Error) => boolean} [options.isTransient]
 * @returns {Promise<Result>}
 */
export async function retry(operation, options = {}) {
  const { attempts = 4, baseMs = 100, capMs = 2000, isTransient = isTransientAwsError } = options;
  const { sleep = pause, random = Math.random } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await operation(attempt);
    } catch (error) {
      if (attempt >= attempts || !isTransient(error)) throw error;
      await sleep(random() * Math.min(capMs, baseMs * 2 ** (attempt - 1)));
    }
  }
}

/**
 * Whether another try may help. The service's word counts: its own faults and throttling pass, a refusal does not.
 * An error without a status never reached the service, so it is worth another try.
 */
export function isTransientAwsError(error) {
  const status = error.$metadata?.httpStatusCode;
  if (error.$retryable || /Throttl|TooManyRequests|SlowDown/.test(error.name)) return true;
  return status === undefined ? isNetworkError(error) : status >= 500 || status === 429;
}

function isNetworkError(error) {
  return (
    /^(ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)/.test(error.code ?? '') || error.name === 'TimeoutError'
  );
}
