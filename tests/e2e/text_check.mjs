// Checks texts that AWS interprets: definitions of workflows, and templates of e-mails.
//
// The argument is the folder with the packages. Standard input is a JSON object of texts by name, each
// `{ "kind": "workflow" | "template", "text": ... }`; standard output a JSON object of faults by name.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';

const installed = createRequire(join(process.argv[2], 'package.json'));
const validateWorkflow = installed('asl-validator');
const Handlebars = installed('handlebars');

const CHECKS = { workflow: workflowFaults, template: templateFaults };

/** What the validator has against a definition in Amazon States Language. */
function workflowFaults(text) {
  return validateWorkflow(JSON.parse(text)).errors.map(describe);
}

function describe(error) {
  const { instancePath = '', keyword, message, 'Error code': code = keyword, path = instancePath } = error;
  return [code, path, error.Message ?? message].filter(Boolean).join(' ');
}

/** Renders a template with a value for each of its placeholders; each value must be in what comes out. */
function templateFaults(text) {
  const shown = [];
  const data = {};
  fill(Handlebars.parse(text), [data], shown);
  const rendered = Handlebars.compile(text, { strict: true, knownHelpersOnly: true })(data);
  return shown.filter((value) => !rendered.includes(value)).map((value) => `${value} is not shown`);
}

/** Puts what a part of a template reads into its scopes, innermost first, and the values that it shows into `shown`. */
function fill(program, scopes, shown) {
  for (const statement of program?.body ?? []) {
    if (statement.type === 'BlockStatement') fillBlock(statement, scopes, shown);
    else if (statement.path?.parts.length > 0 && statement.params.length === 0) {
      shown.push(put(scopes, statement.path, `value-of-${statement.path.parts.join('.')}`));
    }
  }
}

/** A block repeats its part for the one item that it gets, or shows it because the value is there. */
function fillBlock({ path, params, program, inverse }, scopes, shown) {
  const [subject] = params;
  if (path.original === 'each') fill(program, [put(scopes, subject, [{}])[0], ...scopes], shown);
  else if (path.original === 'with') fill(program, [put(scopes, subject, {}), ...scopes], shown);
  else if (path.original === 'if') {
    put(scopes, subject, `value-of-${subject.parts.join('.')}`);
    fill(program, scopes, shown);
  } else if (path.original === 'unless') fill(program, scopes, shown);
  fill(inverse, scopes, []);
}

/** Puts a value at a path, unless there is one, and returns what is there. */
function put(scopes, { depth, parts }, value) {
  const holder = parts.slice(0, -1).reduce((object, part) => (object[part] ??= {}), scopes[depth]);
  return (holder[parts.at(-1)] ??= value);
}

function faultsOf({ kind, text }) {
  try {
    return CHECKS[kind](text);
  } catch (error) {
    return [error.message];
  }
}

const texts = Object.entries(JSON.parse(readFileSync(0, 'utf8')));
const faults = texts.map(([name, text]) => [name, faultsOf(text)]).filter(([, found]) => found.length > 0);
process.stdout.write(JSON.stringify(Object.fromEntries(faults)));
