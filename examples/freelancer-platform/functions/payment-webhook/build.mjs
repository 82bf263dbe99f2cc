// Makes dist/: the folder that is packed as it lies. `node build.mjs [FOLDER]` writes into another folder, for
// comparison.
//
// The bundle holds the sources and mysql2. The AWS SDK is left out: the runtime nodejs22.x has it
// (https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html). It is CommonJS, so that the SDK is found by
// NODE_PATH wherever the function runs.
import { mkdirSync, readFileSync, rmSync, writeFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '../..');

/** The licences of what is bundled must go along with it. */
function licences(inputs) {
  const packages = new Set(
    inputs.map((input) => /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1]).filter(Boolean),
  );
  return [...packages].sort().map((name) => {
    const folder = join(ROOT, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`;
    return `${name} ${version}\n\n${text}\n`;
  });
}

export async function buildInto(folder) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['functions/payment-webhook/src/index.mjs'],
    outfile: join(folder, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['@aws-sdk/*'],
    minify: true,
    keepNames: true,
    legalComments: 'none',
    metafile: true,
    write: false,
  });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), outputFiles[0].contents);
  // The sources are ES modules; without this file the bundle would be taken for one when it runs in place.
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  writeFileSync(
    join(folder, 'THIRD_PARTY_LICENSES.txt'),
    licences(Object.keys(metafile.inputs)).join(`\n${'-'.repeat(72)}\n\n`),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildInto(process.argv[2] ?? join(HERE, 'dist'));
