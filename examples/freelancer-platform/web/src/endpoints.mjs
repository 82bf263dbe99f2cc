// What the service offers. Each entry says who may call it and does one thing; its answer is `[status, body]`.
import { isSubject } from '@freelancer-platform/shared/identity.mjs';
import { pageSize, read, text, whole } from './input.mjs';
import { TEXT_LIMIT } from './messages.mjs';
import { createProjectEndpoints } from './project-endpoints.mjs';
import { findUser, saveUser } from './users.mjs';

const subject = { expects: 'the subject of a user', holds: isSubject };
const pagingOf = ({ query }) => ({ limit: pageSize(query), cursor: query.get('cursor') ?? undefined });

/**
 * The table for the router, over the parts of the service.
 *
 * @param {ReturnType<import('./parts.mjs')['createParts']>} parts
 */
export function createEndpoints(parts) {
  return {
    ...ownEndpoints(parts),
    ...messageEndpoints(parts),
    ...uploadEndpoints(parts),
    ...createProjectEndpoints(parts),
  };
}

function ownEndpoints({ database, sessions }) {
  return {
    'GET /me': { who: 'anyone', handle: async ({ identity }) => [200, await findUser(database, identity)] },
    'PUT /me': {
      who: 'anyone',
      use: 'id',
      handle: async ({ identity, body }) => {
        const { display_name: name } = read(await body(), { display_name: text(120) });
        return [200, await saveUser(database, identity, name)];
      },
    },
    'DELETE /session': {
      who: 'anyone',
      handle: async ({ identity }) => {
        await sessions.end(identity);
        return [204];
      },
    },
  };
}

function messageEndpoints({ messages }) {
  return {
    'POST /messages': {
      who: 'anyone',
      handle: async ({ identity, body }) => {
        const { to, text: words } = read(await body(), { to: subject, text: text(TEXT_LIMIT) });
        return [201, await messages.send(identity, to, words)];
      },
    },
    'GET /conversations/:id/messages': {
      who: 'anyone',
      handle: async (call) => [200, await messages.conversation(call.identity, call.parameters.id, pagingOf(call))],
    },
    'GET /messages/sent': {
      who: 'anyone',
      handle: async (call) => [200, await messages.sent(call.identity, pagingOf(call))],
    },
    'GET /messages/inbox': {
      who: 'anyone',
      handle: async (call) => [200, await messages.inbox(call.identity, pagingOf(call))],
    },
  };
}

function uploadEndpoints({ uploads }) {
  const announced = { kind: text(16), content_type: text(64), size: whole(1, Number.MAX_SAFE_INTEGER) };
  return {
    'POST /uploads': {
      who: 'freelancer',
      handle: async ({ identity, body }) => [201, await uploads.presign(identity, read(await body(), announced))],
    },
    'GET /uploads': { who: 'freelancer', handle: async ({ identity }) => [200, await uploads.list(identity)] },
    'DELETE /uploads/:kind/:file': {
      who: 'freelancer',
      handle: async ({ identity, parameters }) => {
        await uploads.remove(identity, parameters.kind, parameters.file);
        return [204];
      },
    },
  };
}
