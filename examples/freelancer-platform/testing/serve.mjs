// The servers of the tests, for a program that is not written in JavaScript. Says in one line of JSON where they are, then
// runs each line `{ sql, parameters }` of its standard input and answers with `{ rows }` or `{ error }`; ends with its
// input, or when it is told to, and the servers with it.
import { createInterface } from 'node:readline';
import { openDatabase } from './data.mjs';
import { skipWithoutServices, startServices } from './services.mjs';

const missing = skipWithoutServices();
if (missing) throw new Error(missing);

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const services = await startServices();
const database = openDatabase(services);
const lines = createInterface({ input: process.stdin });
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => lines.close());
try {
  say({ database: services.database, cacheUrl: services.cacheUrl, authority: services.authority });
  for await (const line of lines) {
    const { sql, parameters } = JSON.parse(line);
    say(
      await database.query(sql, parameters).then(
        (rows) => ({ rows }),
        (error) => ({ error: error.message }),
      ),
    );
  }
} finally {
  await database.end();
  await services.stop();
}
