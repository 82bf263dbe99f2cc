// Reading input: every fault of a body is told at once.
import { badRequest } from './http.mjs';

/** Rules for single values: what is expected, in words, and the test for it. */
export const text = (most) => ({
  expects: `a text of 1 to ${most} characters`,
  holds: (value) => typeof value === 'string' && value.trim().length > 0 && value.length <= most,
});
export const whole = (min, max) => ({
  expects: `a whole number from ${min} to ${max}`,
  holds: (value) => Number.isSafeInteger(value) && value >= min && value <= max,
});
export const oneOf = (...words) => ({ expects: `one of ${words.join(', ')}`, holds: (value) => words.includes(value) });
export const matching = (pattern, expects) => ({
  expects,
  holds: (value) => typeof value === 'string' && pattern.test(value),
});
export const list = (rules, most) => ({
  expects: `a list of 1 to ${most} entries, each with ${Object.keys(rules).join(', ')}`,
  holds: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= most &&
    value.every((entry) => faults(entry, rules).length === 0),
});

/** The largest amount of money, in cents: a sum of a hundred of them is still exact. */
export const cents = whole(1, 1_000_000_000);

/**
 * The named values of a body, checked; others are left out.
 *
 * @param {Record<string, unknown>} body
 * @param {Record<string, { expects: string, holds: (value: unknown) => boolean }>} rules
 */
export function read(body, rules) {
  const found = faults(body, rules);
  if (found.length > 0) throw badRequest(found.join('; '));
  return Object.fromEntries(Object.keys(rules).map((key) => [key, body[key]]));
}

function faults(body, rules) {
  const broken = Object.entries(rules).filter(([key, rule]) => !rule.holds(body?.[key]));
  return broken.map(([key, rule]) => `${key} must be ${rule.expects}`);
}

const PAGE = { fallback: 25, most: 100 };

/** The size of a page, from `?limit=`. */
export function pageSize(query) {
  const given = query.get('limit');
  if (given === null) return PAGE.fallback;
  const size = Number(given);
  if (!Number.isInteger(size) || size < 1 || size > PAGE.most)
    throw badRequest(`limit must be a whole number from 1 to ${PAGE.most}`);
  return size;
}
