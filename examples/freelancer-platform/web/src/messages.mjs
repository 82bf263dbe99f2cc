// Messages between a client and a freelancer, in the table. A conversation is named by its two participants, so that
// who may read it is known before anything is read.
import { randomBytes } from 'node:crypto';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { isSubject } from '@freelancer-platform/shared/identity.mjs';
import { badRequest, HttpError } from './http.mjs';

/** The longest message, in characters. */
export const TEXT_LIMIT = 4000;

const CONVERSATION = /^client\.([0-9a-f-]{36})~freelancer\.([0-9a-f-]{36})$/;

/**
 * How a participant stands in the table: the kind belongs to the name, because subjects are unique in their pool only.
 */
export const participant = ({ type, subject }) => `${type}.${subject}`;

/** The conversation of one person with a person of the other kind. */
export function conversationWith(identity, otherSubject) {
  const other = { type: identity.type === 'client' ? 'freelancer' : 'client', subject: otherSubject };
  const id = [participant(identity), participant(other)].sort().join('~');
  return { id, receiver: participant(other) };
}

/**
 * Throws unless the identity takes part in the conversation. Whether the conversation exists is told to nobody else.
 */
export function requireParticipant(identity, conversationId) {
  const [, client, freelancer] = CONVERSATION.exec(conversationId) ?? [];
  const mine = identity.type === 'client' ? client : freelancer;
  if (!isSubject(client) || !isSubject(freelancer) || mine !== identity.subject) {
    throw new HttpError(403, 'not_a_participant', 'only participants may read a conversation');
  }
}

/**
 * The messages in the table.
 *
 * @param {object} options
 * @param {{ send: Function }} options.documents a document client of DynamoDB
 * @param {string} options.table
 * @param {() => Date} [options.now]
 */
export function createMessages({ documents, table, now = () => new Date() }) {
  const page = async ({ index, key, value, limit, cursor }) => {
    const { Items: items = [], LastEvaluatedKey: last } = await documents.send(
      new QueryCommand({
        TableName: table,
        ...(index && { IndexName: index }),
        KeyConditionExpression: '#key = :value',
        ExpressionAttributeNames: { '#key': key },
        ExpressionAttributeValues: { ':value': value },
        ScanIndexForward: false,
        Limit: limit,
        ...(cursor && { ExclusiveStartKey: { ...readCursor(cursor), [key]: value } }),
      }),
    );
    return { messages: items.map(shown), cursor: last ? writeCursor(last) : null };
  };
  return {
    send: async (identity, receiverSubject, text) => {
      const { id, receiver } = conversationWith(identity, receiverSubject);
      // Two messages of one millisecond must not share a key.
      const timestamp = `${now().toISOString()}#${randomBytes(6).toString('hex')}`;
      const item = { conversationId: id, timestamp, userId: participant(identity), receiverId: receiver, text };
      await documents.send(
        new PutCommand({
          TableName: table,
          Item: item,
          ConditionExpression: 'attribute_not_exists(conversationId)',
        }),
      );
      return shown(item);
    },
    conversation: (identity, id, paging) => {
      requireParticipant(identity, id);
      return page({ ...paging, key: 'conversationId', value: id });
    },
    sent: (identity, paging) => page({ ...paging, index: 'by-sender', key: 'userId', value: participant(identity) }),
    inbox: (identity, paging) =>
      page({ ...paging, index: 'by-receiver', key: 'receiverId', value: participant(identity) }),
  };
}

function shown({ conversationId, timestamp, userId, receiverId, text }) {
  return { conversation: conversationId, timestamp, from: userId, to: receiverId, text };
}

/** A cursor holds the place alone. The key that decides whose messages are read is always put in by us. */
function writeCursor({ conversationId, timestamp }) {
  return Buffer.from(JSON.stringify([conversationId, timestamp])).toString('base64url');
}

function readCursor(cursor) {
  try {
    const [conversationId, timestamp] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (CONVERSATION.test(conversationId) && typeof timestamp === 'string') return { conversationId, timestamp };
  } catch {
    // Said below, as of every other cursor that is not ours.
  }
  throw badRequest('the cursor is not valid');
}
