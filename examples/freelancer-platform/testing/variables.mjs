// The variables that the platform gives to service.web, for the servers of a test.
import { createHash } from 'node:crypto';
import { databaseVariables } from './services.mjs';

export const DATABASE_SECRET_ARN = 'arn:aws:secretsmanager:us-east-2:123456789012:secret:database';
export const STATE_MACHINE_ARN = 'arn:aws:states:us-east-2:123456789012:stateMachine:project-lifecycle';

/** @returns {Record<string, string>} */
export function webVariables({ services, aws, pools }) {
  return {
    ...aws.variables,
    ...pools.variables,
    ...databaseVariables(services, DATABASE_SECRET_ARN),
    SESSIONS_URL: services.cacheUrl,
    CACHE_CA_FILE: services.authority,
    MESSAGES_TABLE: 'messages',
    PORTFOLIO_BUCKET: 'portfolio',
    PORTFOLIO_PREFIX: 'portfolios/',
    NEW_BIDS_TOPIC_ARN: 'arn:aws:sns:us-east-2:123456789012:new-bids',
    MILESTONE_APPROVALS_TOPIC_ARN: 'arn:aws:sns:us-east-2:123456789012:milestone-approvals',
    PROJECT_LIFECYCLE_STATE_MACHINE_ARN: STATE_MACHINE_ARN,
    MAIL_FROM: 'no-reply@example.com',
    MAIL_CONFIGURATION_SET: 'mail',
    MAIL_TEMPLATE_MILESTONE_APPROVED: 'milestone-approved',
    WORKFLOW_TASKS_QUEUE_URL: `${aws.url}/123456789012/workflow-tasks`,
  };
}

/** Answers of AWS with which everything goes well. The queue gives what is put into `waiting`, once. */
export function goodAnswers(services, waiting = []) {
  const { user: username, password } = services.database;
  return {
    GetSecretValue: () => ({ SecretString: JSON.stringify({ username, password }) }),
    Publish: () => ({ MessageId: 'm' }),
    StartExecution: ({ stateMachineArn, name }) => ({
      executionArn: `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`,
      startDate: 1,
    }),
    SendTaskSuccess: () => ({}),
    SendTaskFailure: () => ({}),
    ReceiveMessage: () => {
      const bodies = waiting.splice(0);
      const md5 = (text) => createHash('md5').update(text).digest('hex');
      return {
        Messages: bodies.map((Body, at) => ({
          Body,
          MD5OfBody: md5(Body),
          MessageId: `m${at}`,
          ReceiptHandle: `r${at}`,
        })),
      };
    },
    DeleteMessage: () => ({}),
    'POST /v2/email/outbound-emails': () => ({ MessageId: 'e' }),
  };
}

/** What the workflow's topic delivers into the queue while the workflow waits. */
export function waitingMessage(projectId, token) {
  const execution = `${STATE_MACHINE_ARN.replace(':stateMachine:', ':execution:')}:${projectId}`;
  const Message = JSON.stringify({ token, state: 'Waiting', execution, data: { project: { id: projectId } } });
  return JSON.stringify({ Type: 'Notification', Message });
}
