// From a request to an answer: find the route, find out who calls, let them in, do the work, write one line into the
// log.
import { randomUUID } from 'node:crypto';
import { requireAccess } from './auth.mjs';
import { createEndpoints } from './endpoints.mjs';
import { answer, HttpError, readJson } from './http.mjs';
import { createRouter } from './router.mjs';

/**
 * The listener for `http.createServer`.
 *
 * @param {ReturnType<import('./parts.mjs')['createParts']>} parts
 * @param {{ isDraining?: () => boolean }} [state]
 */
export function createApp(parts, { isDraining = () => false } = {}) {
  const find = createRouter({ ...healthEndpoints(parts, isDraining), ...createEndpoints(parts) });
  return async (request, response) => {
    const began = performance.now();
    const id = String(request.headers['x-amzn-trace-id'] ?? randomUUID());
    const call = { name: 'unknown', log: parts.log.with({ request_id: id }) };
    const { status, error } = await respond({ find, parts, request, response, call, isDraining });
    const line = {
      method: request.method,
      path: call.name,
      status,
      duration_ms: Math.round(performance.now() - began),
    };
    if (status >= 500) call.log.error('request', { ...line, error });
    else call.log[call.quiet ? 'debug' : 'info']('request', { ...line, reason: error?.message });
  };
}

async function respond({ find, parts, request, response, call, isDraining }) {
  // A connection that goes on would keep the process from ending.
  const leave = () => isDraining() && !response.headersSent && response.setHeader('connection', 'close');
  try {
    const [status, body] = await run({ find, parts, request, call });
    leave();
    answer(response, status, body);
    return { status };
  } catch (error) {
    const shown = error instanceof HttpError ? error : new HttpError(500, 'internal', 'something went wrong here');
    leave();
    if (response.headersSent || response.destroyed) response.destroy();
    else answer(response, shown.status, { error: shown.code, message: shown.message }, shown.headers);
    return { status: shown.status, error: shown.cause ?? error };
  }
}

async function run({ find, parts, request, call }) {
  const { path, query } = parseTarget(request.url);
  const { route, name, parameters } = find(request.method, path);
  // Routes go into the log by their pattern: paths hold identifiers of people.
  Object.assign(call, { name: name.split(' ')[1], quiet: route.who === undefined });
  if (route.who === undefined) return route.handle();
  const identity = await parts.authenticate(request.headers.authorization);
  call.log = call.log.with({ user_type: identity.type, user_id: identity.subject });
  requireAccess(identity, route);
  await parts.sessions.admit(identity);
  return route.handle({ identity, parameters, query, body: () => readJson(request), log: call.log });
}

/**
 * Path and query of a request. Not by `URL`: that takes a target like `//host/path` for the address of another host.
 */
function parseTarget(target) {
  const at = target.indexOf('?');
  const path = at === -1 ? target : target.slice(0, at);
  return { path, query: new URLSearchParams(at === -1 ? '' : target.slice(at + 1)) };
}

/** Routes without `who` are for the load balancer: no token, no limit, no line in the log while all is well. */
function healthEndpoints({ database, sessions }, isDraining) {
  return {
    // It says that the process answers, and no more: a database that is away must not make the load balancer replace
    // every task.
    'GET /healthz': { handle: () => [200, { status: 'ok' }] },
    'GET /readyz': {
      handle: async () => {
        if (isDraining()) return [503, { status: 'draining' }];
        const checks = { database: () => database.query('SELECT 1'), sessions: () => sessions.ping() };
        const results = await Promise.all(
          Object.entries(checks).map(async ([name, check]) => [name, await works(check)]),
        );
        const isReady = results.every(([, isGood]) => isGood);
        return [isReady ? 200 : 503, { status: isReady ? 'ok' : 'unavailable', ...Object.fromEntries(results) }];
      },
    },
  };
}

async function works(check) {
  try {
    await check();
    return true;
  } catch {
    return false;
  }
}
