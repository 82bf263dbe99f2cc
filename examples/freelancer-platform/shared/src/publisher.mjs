// Publishing to a topic with bounded retries.
import { PublishCommand } from '@aws-sdk/client-sns';
import { retry } from './retry.mjs';

/**
 * A function that publishes one JSON message to the topic. `kind` travels as a message attribute, for filter policies
 * of subscriptions.
 *
 * The client should make one attempt only: the retries are here, where they are bounded and spread.
 *
 * @param {object} options
 * @param {{ send: Function }} options.client a client of SNS
 * @param {string} options.topic the topic's ARN
 * @param {object} [options.retrying] see `retry`
 */
export function createPublisher({ client, topic, retrying }) {
  return async (kind, subject, message) => {
    const command = new PublishCommand({
      TopicArn: topic,
      Subject: subject,
      Message: JSON.stringify(message),
      MessageAttributes: { kind: { DataType: 'String', StringValue: kind } },
    });
    const { MessageId: id } = await retry(() => client.send(command), retrying);
    return id;
  };
}
