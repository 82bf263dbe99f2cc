// Real servers for tests: MariaDB and Redis or Valkey, with TLS, on 127.0.0.1 and free ports, stopped by their process
// ids.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const HOST = '127.0.0.1';
const READY_SECONDS = 60;

/** The programs, any of the names of each, and the Debian packages that they come with. */
const PROGRAMS = {
  database: { names: ['mariadbd'], from: 'mariadb-server-core' },
  install: { names: ['mariadb-install-db'], from: 'mariadb-server-core' },
  defaults: { names: ['my_print_defaults'], from: 'mariadb-client-core' }, // which mariadb-install-db calls
  cache: { names: ['valkey-server', 'redis-server'], from: 'redis-server' },
  openssl: { names: ['openssl'], from: 'openssl' },
};

const FOLDERS = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];

function findProgram(names) {
  const candidates = names.flatMap((name) => FOLDERS.map((folder) => join(folder, name)));
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Whether the parts with real servers can run: `false`, or why they are skipped, for the option `skip` of a test.
 * With PLATGEN_REQUIRE_SERVICES=1 a missing program is a fault instead.
 *
 * @param {(keyof PROGRAMS)[]} [wanted]
 * @returns {false | string}
 */
export function skipWithoutServices(wanted = Object.keys(PROGRAMS)) {
  const missing = wanted.filter((name) => !findProgram(PROGRAMS[name].names));
  if (missing.length === 0) return false;
  const packages = [...new Set(missing.map((name) => PROGRAMS[name].from))].join(' ');
  const reason = `SKIPPED, real servers are missing; install the Debian packages ${packages}`;
  if (process.env.PLATGEN_REQUIRE_SERVICES === '1') throw new Error(`PLATGEN_REQUIRE_SERVICES=1, but: ${reason}`);
  return reason;
}

/**
 * Starts the servers in a folder of their own.
 *
 * @returns {Promise<{ database: { port: number, name: string, password: string, user: string }, cacheUrl: string,
 *   authority: string, stop: () => Promise<void> }>}
 *   `authority` is the PEM file of the authority that signed the certificates of both
 */
export async function startServices() {
  const folder = mkdtempSync(join(tmpdir(), 'freelancer-services-'));
  const children = [];
  const stop = async () => {
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const certificates = makeCertificates(folder);
    const database = await startDatabase(folder, certificates, children);
    const cacheUrl = await startCache(certificates, children);
    return { database, cacheUrl, authority: certificates.authority, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await gone;
  clearTimeout(late);
}

/** An authority that lives as long as the folder, and a certificate for 127.0.0.1. */
function makeCertificates(folder) {
  const path = (name) => join(folder, name);
  const openssl = (...options) => execFileSync(findProgram(PROGRAMS.openssl.names), options, { stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    path('ca.key'),
    '-out',
    path('ca.pem'),
    '-days',
    '2',
    '-subj',
    '/CN=Authority of the tests',
  );
  openssl('req', ...key, '-keyout', path('server.key'), '-out', path('server.csr'), '-subj', '/CN=localhost');
  writeFileSync(path('names'), `subjectAltName=IP:${HOST},DNS:localhost\n`);
  openssl(
    'x509',
    '-req',
    '-in',
    path('server.csr'),
    '-CA',
    path('ca.pem'),
    '-CAkey',
    path('ca.key'),
    '-CAcreateserial',
    '-out',
    path('server.pem'),
    '-days',
    '2',
    '-extfile',
    path('names'),
  );
  return { authority: path('ca.pem'), certificate: path('server.pem'), key: path('server.key') };
}

async function startDatabase(folder, { authority, certificate, key }, children) {
  const data = join(folder, 'data');
  const user = userInfo().username;
  execFileSync(
    findProgram(PROGRAMS.install.names),
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--user=${user}`,
      '--auth-root-authentication-method=normal',
      '--skip-test-db',
    ],
    { stdio: 'pipe' },
  );
  const login = { name: 'freelancer', user: 'platform', password: randomBytes(12).toString('base64url') };
  const script = join(folder, 'init.sql');
  writeFileSync(
    script,
    [
      `CREATE DATABASE ${login.name} CHARACTER SET utf8mb4;`,
      `CREATE USER '${login.user}'@'${HOST}' IDENTIFIED BY '${login.password}' REQUIRE SSL;`,
      `GRANT ALL ON ${login.name}.* TO '${login.user}'@'${HOST}';`,
      '',
    ].join('\n'),
  );
  const port = await startServer(children, (chosen) => [
    findProgram(PROGRAMS.database.names),
    [
      '--no-defaults',
      `--datadir=${data}`,
      `--user=${user}`,
      `--bind-address=${HOST}`,
      `--port=${chosen}`,
      `--socket=${join(folder, 'server.sock')}`,
      `--pid-file=${join(folder, 'server.pid')}`,
      `--init-file=${script}`,
      '--skip-name-resolve',
      '--skip-log-bin',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-buffer-pool-size=64M',
      '--character-set-server=utf8mb4',
      '--sql-mode=STRICT_TRANS_TABLES,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,ONLY_FULL_GROUP_BY',
      `--ssl-ca=${authority}`,
      `--ssl-cert=${certificate}`,
      `--ssl-key=${key}`,
    ],
  ]);
  return { port, ...login };
}

async function startCache({ authority, certificate, key }, children) {
  const password = randomBytes(12).toString('base64url');
  const port = await startServer(children, (chosen) => [
    findProgram(PROGRAMS.cache.names),
    [
      '--bind',
      HOST,
      '--port',
      '0',
      '--tls-port',
      String(chosen),
      '--tls-ca-cert-file',
      authority,
      '--tls-cert-file',
      certificate,
      '--tls-key-file',
      key,
      '--tls-auth-clients',
      'no',
      '--requirepass',
      password,
      '--save',
      '',
      '--appendonly',
      'no',
    ],
  ]);
  return `rediss://:${password}@${HOST}:${port}`;
}

/** Starts a server on a free port and waits until it accepts connections. */
async function startServer(children, commandFor) {
  const port = await freePort();
  const [program, options] = commandFor(port);
  const child = spawn(program, options, { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said = (said + chunk).slice(-2000)));
  const until = Date.now() + READY_SECONDS * 1000;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`${program} did not start:\n${said}`);
    await pause(50);
  }
  return port;
}

async function freePort() {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function accepts(port) {
  const socket = connect(port, HOST);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** The variables that an edge to the database gives, for a database of `startServices`. */
export function databaseVariables({ database, authority }, secretArn) {
  return {
    MAIN_HOST: HOST,
    MAIN_READER_HOST: HOST,
    MAIN_PORT: String(database.port),
    MAIN_NAME: database.name,
    MAIN_SECRET_ARN: secretArn,
    DATABASE_CA_FILE: authority,
  };
}
