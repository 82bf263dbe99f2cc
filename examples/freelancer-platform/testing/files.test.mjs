// The files that the spec refers to: e-mails, the key, and that nothing here is secret.
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (path) => readFileSync(join(ROOT, path), 'utf8');

const placeholdersOf = (text) => [...new Set(text.match(/\{\{[^}]*\}\}/g))].sort();

/** The table of the README: the placeholders of each template. */
function documented() {
  const section = read('README.md').split('## E-mails')[1].split('\n## ')[0];
  const rows = section.split('\n').filter((line) => line.startsWith('| `'));
  return Object.fromEntries(
    rows.map((row) => {
      const [, name, , placeholders] = row.split('|');
      return [name.trim().replaceAll('`', ''), placeholdersOf(placeholders)];
    }),
  );
}

test('each template is there as HTML and as text, with the placeholders that are documented', () => {
  const templates = documented();
  const files = Object.keys(templates).flatMap((name) => [`${name}.html`, `${name}.txt`]);
  assert.deepEqual(readdirSync(join(ROOT, 'emails')).sort(), files.sort());
  for (const [name, placeholders] of Object.entries(templates)) {
    for (const kind of ['html', 'txt']) {
      assert.deepEqual(placeholdersOf(read(`emails/${name}.${kind}`)), placeholders, `${name}.${kind}`);
    }
    assert.match(read(`emails/${name}.html`), /^<!doctype html>\n<html lang="en">/);
    assert.doesNotMatch(read(`emails/${name}.html`), /<script|https?:/, 'nothing is run or fetched');
    assert.doesNotMatch(read(`emails/${name}.txt`), /[<>]/);
  }
});

test('the key of the CDN is a public RSA key of 2,048 bits', () => {
  const pem = read('keys/portfolio-viewers.pem');
  assert.match(pem, /^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/=\n]+-----END PUBLIC KEY-----\n$/);
  const key = createPublicKey(pem);
  assert.deepEqual([key.asymmetricKeyType, key.asymmetricKeyDetails.modulusLength], ['rsa', 2048]);
});

function filesBelow(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name === 'node_modules') return [];
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

test('no private key and no key of AWS lies here', () => {
  const secret = /-----BEGIN [A-Z ]*PRIVATE KEY-----\n|\b(AKIA|ASIA)[A-Z0-9]{16}\b/;
  const found = filesBelow(ROOT).filter((path) => secret.test(readFileSync(path, 'utf8')));
  assert.deepEqual(found, []);
});
