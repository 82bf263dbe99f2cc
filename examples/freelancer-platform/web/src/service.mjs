// The life of the process: start, serve, and end without breaking off what is under way.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { createApp } from './app.mjs';
import { startWorker } from './worker.mjs';

/** Longer than the load balancer keeps idle connections, 60 s: the side that closes first must not be this one. */
const KEEP_ALIVE = 65_000;

/**
 * ECS kills a task 30 s after SIGTERM unless told otherwise
 * (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html).
 */
const DRAIN = 20_000;

/** How long the start waits for the cache, in milliseconds. */
const CACHE_PATIENCE = 3_000;

/**
 * Starts the service on the port; 0 is any free one.
 *
 * @param {ReturnType<import('./parts.mjs')['createParts']>} parts
 * @returns {Promise<{ port: number, stop: () => Promise<void> }>}
 */
export async function startService(parts, { port, host = '0.0.0.0' }) {
  const state = { isDraining: false };
  await connectCache(parts);
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE, requestTimeout: 30_000 },
    createApp(parts, { isDraining: () => state.isDraining }),
  );
  server.listen(port, host);
  await once(server, 'listening');
  const worker = startWorker(parts);
  parts.log.info('service.started', { port: server.address().port });
  const stop = async () => {
    if (state.isDraining) return;
    state.isDraining = true;
    parts.log.info('service.stopping');
    await Promise.all([drain(server), worker.stop()]);
    await Promise.allSettled([parts.database.end(), parts.cache.isOpen ? parts.cache.close() : undefined]);
    parts.log.info('service.stopped');
  };
  return { port: server.address().port, stop };
}

/** A cache that is away must not keep the service from starting: /readyz tells of it, and the client goes on trying. */
async function connectCache({ cache, log }) {
  const connected = cache.connect().catch((error) => log.warn('cache.unreachable', { error }));
  await Promise.race([connected, pause(CACHE_PATIENCE, undefined, { ref: false })]);
}

/** Waits for requests that are under way; what is not done in time is broken off. */
async function drain(server) {
  const late = setTimeout(() => server.closeAllConnections(), DRAIN);
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  await closed;
  clearTimeout(late);
}
