// Puts the service together from its environment. Everything outside of the process is made here, and passed on.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ONCE, PATIENT } from '@freelancer-platform/shared/clients.mjs';
import { createDatabase, databaseOptions } from '@freelancer-platform/shared/database.mjs';
import { createPublisher } from '@freelancer-platform/shared/publisher.mjs';
import { createSecretReader } from '@freelancer-platform/shared/secrets.mjs';
import { numberSetting, requireSettings } from '@freelancer-platform/shared/settings.mjs';
import { createResumer } from '@freelancer-platform/shared/workflow.mjs';
import { createAuthenticator, poolsOf } from './auth.mjs';
import { createLifecycle } from './lifecycle.mjs';
import { createMilestoneMail } from './mail.mjs';
import { createMessages } from './messages.mjs';
import { createCache, createSessions } from './sessions.mjs';
import { createUploads } from './uploads.mjs';

/** What a command needs that works on the database alone. */
export const DATABASE_SETTINGS = ['MAIN_HOST', 'MAIN_PORT', 'MAIN_NAME', 'MAIN_SECRET_ARN'];

const SETTINGS = [
  ...DATABASE_SETTINGS,
  'SESSIONS_URL',
  'MESSAGES_TABLE',
  'PORTFOLIO_BUCKET',
  'PORTFOLIO_PREFIX',
  'NEW_BIDS_TOPIC_ARN',
  'PROJECT_LIFECYCLE_STATE_MACHINE_ARN',
  'MAIL_FROM',
  'MAIL_CONFIGURATION_SET',
];

/** The database that the environment names. */
export function createDatabaseFrom(environment, connections) {
  const settings = { ...environment, ...requireSettings(environment, DATABASE_SETTINGS) };
  const secrets = createSecretReader({ client: new SecretsManagerClient(PATIENT) });
  return createDatabase({ connect: databaseOptions(settings), secrets, connections });
}

/**
 * The parts of the running service.
 *
 * @param {Record<string, string | undefined>} environment
 */
export function createParts(environment, log) {
  const settings = requireSettings(environment, SETTINGS);
  const database = createDatabaseFrom(
    environment,
    numberSetting(environment, 'DATABASE_CONNECTIONS', { fallback: 10, min: 1, max: 100 }),
  );
  const cache = createCache(environment, log);
  const states = new SFNClient(PATIENT);
  return {
    log,
    database,
    cache,
    sessions: createSessions({
      cache,
      perMinute: numberSetting(environment, 'REQUESTS_PER_MINUTE', { fallback: 120, min: 1 }),
    }),
    authenticate: createAuthenticator(poolsOf(environment)),
    messages: createMessages({
      documents: DynamoDBDocumentClient.from(new DynamoDBClient(PATIENT)),
      table: settings.MESSAGES_TABLE,
    }),
    uploads: createUploads({
      // A checksum of the body cannot be signed before there is a body.
      client: new S3Client({ ...PATIENT, requestChecksumCalculation: 'WHEN_REQUIRED' }),
      bucket: settings.PORTFOLIO_BUCKET,
      prefix: settings.PORTFOLIO_PREFIX,
      cdn: environment.CDN_URL,
    }),
    topics: topicsOf(environment),
    mail: createMilestoneMail({
      client: new SESv2Client(PATIENT),
      from: settings.MAIL_FROM,
      configurationSet: settings.MAIL_CONFIGURATION_SET,
      template: environment.MAIL_TEMPLATE_MILESTONE_APPROVED,
    }),
    lifecycle: createLifecycle({
      database,
      client: states,
      resumer: createResumer({ client: new SFNClient(ONCE) }),
      stateMachine: settings.PROJECT_LIFECYCLE_STATE_MACHINE_ARN,
      hasTokens: Boolean(environment.WORKFLOW_TASKS_QUEUE_URL),
      log,
    }),
    // A long poll takes longer than other calls may.
    queue: new SQSClient(),
    queueUrl: environment.WORKFLOW_TASKS_QUEUE_URL,
  };
}

function topicsOf(environment) {
  const client = new SNSClient(ONCE);
  const silent = async () => undefined;
  const publisher = (topic) => (topic ? createPublisher({ client, topic }) : silent);
  return {
    newBid: publisher(environment.NEW_BIDS_TOPIC_ARN),
    milestone: publisher(environment.MILESTONE_APPROVALS_TOPIC_ARN),
  };
}
