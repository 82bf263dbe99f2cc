// Which handler answers a request: a table of `METHOD /path/:name`, nothing more.
import { HttpError, notFound } from './http.mjs';

/**
 * @template Route
 * @param {Record<string, Route>} table
 * @returns {(method: string, path: string) => { route: Route, name: string, parameters: Record<string, string> }}
 */
export function createRouter(table) {
  const routes = Object.entries(table).map(([name, route]) => {
    const [method, path] = name.split(' ');
    return { name, method, route, parts: path.split('/') };
  });
  return (method, path) => {
    const given = path.split('/');
    const atPath = routes.filter(({ parts }) => fits(parts, given));
    if (atPath.length === 0) throw notFound();
    const found = atPath.find((candidate) => candidate.method === method);
    if (!found) {
      const allow = atPath.map((candidate) => candidate.method).join(', ');
      throw new HttpError(405, 'method_not_allowed', `allowed: ${allow}`, { headers: { allow } });
    }
    return { route: found.route, name: found.name, parameters: parametersOf(found.parts, given) };
  };
}

function fits(parts, given) {
  return (
    parts.length === given.length &&
    parts.every((part, at) => (part.startsWith(':') ? given[at] !== '' : part === given[at]))
  );
}

function parametersOf(parts, given) {
  const named = parts.flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), decode(given[at])]] : []));
  return Object.fromEntries(named);
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    throw notFound();
  }
}
