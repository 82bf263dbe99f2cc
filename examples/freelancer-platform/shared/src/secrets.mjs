// Secrets are read at run time and kept for a short while, so that a rotated value arrives without a deployment.
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';

/**
 * A reader of secrets whose values are JSON objects.
 *
 * @param {object} options
 * @param {{ send: Function }} options.client a client of Secrets Manager
 * @param {number} [options.ttlMs] how long a value is trusted
 * @param {() => number} [options.now] milliseconds
 * @returns {{ read: (arn: string) => Promise<Record<string, string>>, forget: (arn: string) => void }}
 */
export function createSecretReader({ client, ttlMs = 5 * 60_000, now = Date.now }) {
  /** @type {Map<string, { until: number, value: Promise<Record<string, string>> }>} */
  const kept = new Map();
  const forget = (arn) => kept.delete(arn);
  const read = (arn) => {
    const known = kept.get(arn);
    if (known && now() < known.until) return known.value;
    // The promise is kept, not the value: callers that come at once share one request.
    const value = fetchSecret(client, arn);
    kept.set(arn, { until: now() + ttlMs, value });
    value.catch(() => kept.get(arn)?.value === value && forget(arn));
    return value;
  };
  return { read, forget };
}

async function fetchSecret(client, arn) {
  const { SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: arn }));
  const value = parseObject(text);
  // The text itself must not appear in the message: it is the secret.
  if (value === undefined) throw new Error(`the secret ${arn} is not a JSON object`);
  return value;
}

function parseObject(text) {
  try {
    const value = JSON.parse(text ?? '');
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
