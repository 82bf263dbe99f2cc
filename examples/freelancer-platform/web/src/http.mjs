// The narrow waist of HTTP: errors that have a status, bodies that are JSON of bounded size, answers that are JSON.

/**
 * The largest body that is read, in bytes. Files do not pass through here: they go to the bucket by a presigned
 * address.
 */
export const BODY_LIMIT = 64 * 1024;

/** An answer that is not a success. `code` is for programs, and stable; the message is for people. */
export class HttpError extends Error {
  name = 'HttpError';

  /**
   * @param {number} status
   * @param {string} code
   * @param {string} message
   * @param {{ headers?: Record<string, string>, cause?: unknown }} [more]
   */
  constructor(status, code, message, { headers = {}, cause } = {}) {
    super(message, { cause });
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export const badRequest = (message) => new HttpError(400, 'invalid_request', message);
export const notFound = () => new HttpError(404, 'not_found', 'there is no such thing');
export const conflict = (code, message) => new HttpError(409, code, message);

/** Reads the body as a JSON object. */
export async function readJson(request) {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new HttpError(415, 'unsupported_media_type', 'the body must be application/json');
  }
  const body = await readBody(request);
  try {
    const value = JSON.parse(body);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch {
    // Said below, in the same words as for other JSON that is not an object.
  }
  throw badRequest('the body is not a JSON object');
}

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    // The rest is not read, so the connection cannot be used again.
    if (size > BODY_LIMIT) {
      throw new HttpError(413, 'too_large', `the body is larger than ${BODY_LIMIT} bytes`, {
        headers: { connection: 'close' },
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Writes an answer; a body of `undefined` is an empty one. */
export function answer(response, status, body, headers = {}) {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    ...(text && { 'content-type': 'application/json; charset=utf-8' }),
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(text);
}
