// The entry of the function: puts the parts together once per execution environment, and tells the two kinds of call
// apart.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { ONCE, PATIENT } from '@freelancer-platform/shared/clients.mjs';
import { createDatabase, databaseOptions } from '@freelancer-platform/shared/database.mjs';
import { createLog } from '@freelancer-platform/shared/log.mjs';
import { createPublisher } from '@freelancer-platform/shared/publisher.mjs';
import { createSecretReader } from '@freelancer-platform/shared/secrets.mjs';
import { numberSetting, requireSettings } from '@freelancer-platform/shared/settings.mjs';
import { createResumer } from '@freelancer-platform/shared/workflow.mjs';
import { handleBatch } from './batch.mjs';
import { EventError } from './event.mjs';
import { handleMilestone } from './milestone.mjs';

const SETTINGS = [
  'MAIN_HOST',
  'MAIN_PORT',
  'MAIN_NAME',
  'MAIN_SECRET_ARN',
  'PAYMENT_PROVIDER_SECRET_ARN',
  'PAYMENT_CONFIRMATIONS_TOPIC_ARN',
];

/**
 * What the handler works with, from the variables of the function.
 *
 * @param {Record<string, string | undefined>} environment
 */
export function createParts(environment) {
  const settings = { ...environment, ...requireSettings(environment, SETTINGS) };
  const log = createLog({ level: environment.LOG_LEVEL, fields: { function: environment.AWS_LAMBDA_FUNCTION_NAME } });
  const ttlMs = numberSetting(environment, 'SECRET_TTL_SECONDS', { fallback: 300, max: 3600 }) * 1000;
  const secrets = createSecretReader({ client: new SecretsManagerClient(PATIENT), ttlMs });
  return {
    log,
    // One call at a time runs in an execution environment, so one connection is all that it can use.
    database: createDatabase({ connect: databaseOptions(settings), secrets, connections: 1 }),
    publish: createPublisher({ client: new SNSClient(ONCE), topic: settings.PAYMENT_CONFIRMATIONS_TOPIC_ARN }),
    workflow: createResumer({ client: new SFNClient(ONCE) }),
    webhookSecrets: createWebhookSecrets(secrets, settings.PAYMENT_PROVIDER_SECRET_ARN),
  };
}

/**
 * The secrets that a signature may be made with: the present one, and the former one for as long as it is kept in the
 * secret.
 */
function createWebhookSecrets(secrets, arn) {
  return async () => {
    const { webhook_secret: present, webhook_secret_previous: former } = await secrets.read(arn);
    const valid = [present, former].filter((secret) => typeof secret === 'string' && secret.length > 0);
    if (valid.length === 0) throw new Error('the secret of the payment provider has no webhook_secret');
    return valid;
  };
}

/**
 * The handler over its parts.
 *
 * @param {() => ReturnType<typeof createParts>} parts
 */
export function createHandler(parts) {
  return async (event, context) => {
    const remaining = () => context?.getRemainingTimeInMillis?.() ?? Infinity;
    if (Array.isArray(event?.Records)) return handleBatch(parts(), event.Records, remaining);
    if (event?.kind === 'milestone') return handleMilestone(parts(), event);
    throw new EventError('the call is neither a batch of the queue nor a milestone of the workflow');
  };
}

/**
 * Made by the first call and kept: a fault of the settings is then a fault of that call, with its message in the log.
 */
let made;

export const handler = createHandler(() => (made ??= createParts(process.env)));
