// Runs one Lambda handler once: the event is standard input, the result goes to the file RESULT_FILE.
const fs = require('fs');
const { pathToFileURL } = require('url');

const { HANDLER_MODULE, HANDLER_NAME, HANDLER_CONTEXT, RESULT_FILE } = process.env;
const NO_COMMONJS = /ERR_REQUIRE_ESM|Unexpected token .export|Cannot use import/;

const named = (name, message) => Object.assign(new Error(message), { name });

// Loads a module of either kind.
const load = async (file) => {
  try {
    return require(file);
  } catch (error) {
    if (!NO_COMMONJS.test(error.code + error.message)) throw error;
    return import(pathToFileURL(file));
  }
};

const call = async () => {
  const file = ['.js', '.mjs', '.cjs'].map((end) => HANDLER_MODULE + end).find((path) => fs.existsSync(path));
  if (!file) throw named('Runtime.ImportModuleError', `Cannot find module ${HANDLER_MODULE}`);
  const module = await load(file);
  const handler = module[HANDLER_NAME] ?? module.default?.[HANDLER_NAME];
  if (typeof handler !== 'function') throw named('Runtime.HandlerNotFound', `${HANDLER_NAME} is not exported`);
  const event = JSON.parse(fs.readFileSync(0, 'utf8') || '{}');
  const context = { ...JSON.parse(HANDLER_CONTEXT), getRemainingTimeInMillis: () => 30000 };
  if (handler.length < 3) return handler(event, context);
  return new Promise((ok, fail) => handler(event, context, (error, value) => (error ? fail(error) : ok(value))));
};

const finish = (value, status) => {
  fs.writeFileSync(RESULT_FILE, JSON.stringify(value));
  process.exit(status);
};

call().then(
  (value) => finish(value ?? null, 0),
  (error) => finish({ errorType: error.name, errorMessage: error.message, trace: `${error.stack}`.split('\n') }, 1),
);
