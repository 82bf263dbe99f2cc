// Settings from the environment: what is missing is told all at once, so that a deployment fails once and not name by
// name.

/**
 * Reads the named variables; throws one error that lists every absent or empty one.
 *
 * @param {Record<string, string | undefined>} environment
 * @param {string[]} names
 * @returns {Record<string, string>}
 */
export function requireSettings(environment, names) {
  const missing = names.filter((name) => !environment[name]);
  if (missing.length > 0) throw new Error(`environment variables are missing: ${missing.join(', ')}`);
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}

/**
 * Reads a whole number, or gives the default if the variable is absent.
 *
 * @returns {number}
 */
export function numberSetting(environment, name, { fallback, min = 0, max = Number.MAX_SAFE_INTEGER }) {
  const text = environment[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new Error(`environment variable ${name} must be a whole number from ${min} to ${max}`);
  }
  return value;
}
