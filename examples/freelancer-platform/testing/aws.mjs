// A stand-in for AWS on 127.0.0.1, for AWS_ENDPOINT_URL: the real SDK talks to it over HTTP, so that what is tested is
// what is sent. It knows no service. It reads the protocols that are used here, JSON, query and REST, notes each call,
// and gives the answer it was told.
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * @typedef {{ action: string, input: Record<string, any> }} Call
 * @typedef {(input: Record<string, any>) => object | { fault: string, status?: number }} Answer
 */

/**
 * @param {Record<string, Answer>} answers by action, for example `GetSecretValue`, or by method and path; `xml` is a
 *   body as it is
 * @returns {Promise<{ url: string, calls: Call[], answers: Record<string, Answer>, delay?: (call: Call) =>
 *   Promise<void>, variables: Record<string, string>, stop: () => Promise<void> }>}
 */
export async function startAws(answers) {
  /** @type {Call[]} */
  const calls = [];
  /** `delay`, if a test sets it, is waited for before a call is answered. */
  const stand = { calls, answers, delay: undefined };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const call = readCall(request, Buffer.concat(chunks).toString('utf8'));
    calls.push(call);
    await stand.delay?.(call);
    const given = answers[call.action]?.(call.input) ?? { fault: `NoAnswerFor${call.action}`, status: 400 };
    (call.isQuery ? answerQuery : answerJson)(response, call.action, given);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  return Object.assign(stand, {
    url,
    variables: {
      AWS_ENDPOINT_URL: url,
      AWS_REGION: 'us-east-2',
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
}

function readCall(request, body) {
  const target = request.headers['x-amz-target'];
  if (target) return { action: target.split('.').at(-1), input: JSON.parse(body), isQuery: false };
  const { pathname, searchParams } = new URL(request.url, 'http://aws');
  const action = `${request.method} ${pathname}`;
  if (/json/.test(request.headers['content-type'] ?? ''))
    return { action, input: JSON.parse(body || '{}'), isQuery: false };
  const fields = { ...Object.fromEntries(searchParams), ...Object.fromEntries(new URLSearchParams(body)) };
  return { action: fields.Action ?? action, input: fields, isQuery: true };
}

function answerJson(response, _action, { fault, status = 400, ...given }) {
  response.writeHead(fault ? status : 200, { 'content-type': 'application/x-amz-json-1.1' });
  response.end(JSON.stringify(fault ? { __type: fault, message: 'told by the test' } : given));
}

function answerQuery(response, action, { fault, status = 400, xml, ...given }) {
  const fields = Object.entries(given)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');
  const good = `<${action}Response><${action}Result>${fields}</${action}Result></${action}Response>`;
  const bad = `<ErrorResponse><Error><Type>Sender</Type><Code>${fault}</Code><Message>told by the test</Message></Error></ErrorResponse>`;
  response.writeHead(fault ? status : 200, { 'content-type': 'text/xml' });
  response.end(fault ? bad : (xml ?? good));
}
