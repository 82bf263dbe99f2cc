// Structured logs: one JSON object a line, because metric filters and Logs Insights read fields, not prose.

const LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'];

/** Fields whose values never reach a log, whoever passes them. */
const SECRET_FIELD = /secret|password|token|authorization|signature|cookie/i;

/**
 * A logger that writes JSON lines.
 *
 * @param {object} [options]
 * @param {string} [options.level] the lowest level that is written: DEBUG, INFO, WARN or ERROR, in any case
 * @param {(line: string) => void} [options.write] where a line goes
 * @param {() => Date} [options.now]
 * @param {object} [options.fields] fields that every line carries
 */
export function createLog(options = {}) {
  const { level = 'INFO', write = (line) => process.stdout.write(`${line}\n`), now = () => new Date() } = options;
  const { fields = {} } = options;
  const lowest = Math.max(0, LEVELS.indexOf(String(level).toUpperCase()));
  const at =
    (name) =>
    (event, details = {}) => {
      if (LEVELS.indexOf(name) < lowest) return;
      write(JSON.stringify({ time: now().toISOString(), level: name, event, ...fields, ...clean(details) }));
    };
  return {
    debug: at('DEBUG'),
    info: at('INFO'),
    warn: at('WARN'),
    error: at('ERROR'),
    with: (more) => createLog({ ...options, fields: { ...fields, ...more } }),
  };
}

function clean(details) {
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, shown(name, value)]));
}

function shown(name, value) {
  if (SECRET_FIELD.test(name)) return '[withheld]';
  return value instanceof Error ? describeError(value) : value;
}

/**
 * What a log may say of an error. The messages of database errors quote values of rows, so of those only the code is
 * kept.
 */
export function describeError(error) {
  const fromDatabase = typeof error.sqlState === 'string' || typeof error.sqlMessage === 'string';
  const described = { name: error.name, code: error.code };
  return fromDatabase ? described : { ...described, message: error.message };
}
