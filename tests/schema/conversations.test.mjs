// The recorded conversations are what their schema says, and use nothing that no earlier step kept.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', 'contract', 'conversations');
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const names = readdirSync(folder).filter((name) => name.endsWith('.json') && !/^(pack|.*\.schema)\.json$/.test(name));

test('every recorded conversation is what its schema says', () => {
  const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true }).compile(read('conversation.schema.json'));
  assert.ok(names.length >= 33);
  for (const name of names) assert.ok(validate(read(name)), `${name}: ${JSON.stringify(validate.errors?.slice(0, 3))}`);
  assert.ok(!validate({ title: 'A step without an action', story: 'is found', steps: [{ expect: { status: 'ok' } }] }));
});

test('what a conversation refers to was kept by an earlier step', () => {
  for (const name of names) {
    const kept = new Set();
    for (const step of read(name).steps) {
      for (const [, used] of JSON.stringify(step).matchAll(/"\$([a-z]+)"/g)) assert.ok(kept.has(used), `${name}: $${used}`);
      for (const made of Object.keys(step.keep ?? {})) kept.add(made);
    }
  }
});
