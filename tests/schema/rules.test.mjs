// The published schemas and `sidedish-rules check` come to the same verdict about everything a schema can say:
// on the shops of the project, and on documents with one mistake each, made by a seeded generator.
// Proved by breaking it: with another bound of a number or length in the schema, documents disagree.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';

import { dice } from '../support/dice.mjs';

const root = new URL('../../', import.meta.url).pathname;
const program = join(process.env.SIDEDISH_BIN ?? join(root, 'build/dev/bin'), 'sidedish-rules');
const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

const ajv = new Ajv2020({ strict: true, strictRequired: false, allErrors: false, allowUnionTypes: true });
const validators = {};
for (const which of ['catalogue', 'rules']) {
  const printed = spawnSync(program, ['schema', which], { encoding: 'utf8' });
  assert.equal(printed.status, 0, `${program} schema ${which}: ${printed.stderr || printed.error}`);
  validators[which] = ajv.compile(JSON.parse(printed.stdout));
}

const folder = mkdtempSync(join(tmpdir(), 'sidedish-schema-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Errors of `sidedish-rules check` for a rule document with an inline catalogue. */
function check(document) {
  const file = join(folder, 'rules.json');
  writeFileSync(file, JSON.stringify(document));
  const ran = spawnSync(program, ['check', '--json', file], { encoding: 'utf8', maxBuffer: 1 << 26 });
  assert.ok(ran.status === 0 || ran.status === 1, ran.stderr);
  return JSON.parse(ran.stdout).errors;
}

/** Every value of a document with the way to it. */
function* places(value, parent = null, key = null) {
  if (parent !== null) yield { value, parent, key };
  if (value !== null && typeof value === 'object') {
    for (const k of Object.keys(value)) yield* places(value[k], value, Array.isArray(value) ? Number(k) : k);
  }
}

const texts = ['', 'x', ' ', 'Ä', 'a-b', '-a', 'sku:X', 'sku:', 'gtin:1', '0', '00', '1.5', '-1', '1.00001', '24:00', '25:00',
  '2026-02-28', '2026-13-01', 'en', 'EN', 'de-AT', 'EUR', 'eur', 'Europe/Berlin', '../x', '<b>', '{offer}', '{x}', '\u0007',
  'x'.repeat(31), 'x'.repeat(49), 'x'.repeat(101), 'x'.repeat(201), 'x'.repeat(501), '0.000', '0.250', 'mon', 'kiosk', 'browse'];
const numbers = [0, 1, -1, 5, 51, 91, 101, 1001, 65536, 1000001, 9007199254740991];

/** One change of any kind somewhere. */
function mutate(document, dice) {
  const all = [...places(document)];
  const { value, parent, key } = all[dice(all.length)];
  switch (dice(7)) {
    case 0:
      if (Array.isArray(parent)) parent.splice(key, 1); else delete parent[key];
      break;
    case 1:
      parent[key] = [null, true, 7, 'text', [], {}][dice(6)];
      break;
    case 2:
      if (Array.isArray(parent)) parent.push(structuredClone(value)); else parent['unknown'] = 1;
      break;
    case 3:
      if (value !== null && typeof value === 'object' && !Array.isArray(value)) value['min'] = 1; else parent[key] = [value];
      break;
    default:
      parent[key] = typeof value === 'number' ? numbers[dice(numbers.length)] : texts[dice(texts.length)];
  }
}

/** What no schema can say, so that the parser may be the stricter of the two. */
const beyond = [/money with at most/, /a date that exists/, /^expected an ISO 4217/];

/**
 * Only what the parser says counts here. compile::check() speaks of documents that the parser took: then the parser
 * and the schema agree already, and its messages are about the pack as a whole.
 */
function parserErrors(document) {
  const errors = check(document);
  const copy = structuredClone(document);
  copy['unknown-to-everybody'] = 1;  // stops before compile::check()
  const parsed = check(copy).filter((e) => e.pointer !== '/unknown-to-everybody');
  assert.ok(errors.length > 0 || parsed.length === 0);
  return parsed;
}

function assertAgree(document, what) {
  const errors = parserErrors(document);
  const valid = validators.rules(document);
  const detail = `${what}\nschema: ${ajv.errorsText(validators.rules.errors)}\nparser: ${JSON.stringify(errors)}`;
  if (!valid) assert.notEqual(errors.length, 0, detail);
  if (valid) assert.ok(errors.every((e) => beyond.some((b) => b.test(e.detail))), detail);
}

/** The document of tests/rules/format/example.hpp: every member once. */
function example() {
  const source = readFileSync(join(root, 'tests/rules/format/example.hpp'), 'utf8');
  return JSON.parse(source.slice(source.indexOf('R"(') + 3, source.indexOf(')";')));
}

test('schema: the shops of the project are valid, for the schema and for the tool', () => {
  for (const shop of ['giftware', 'burgerbar']) {
    const rules = read(`sim/shops/${shop}/rules.json`);
    const catalogue = read(`sim/shops/${shop}/catalogue.json`);
    assert.ok(validators.rules(rules), ajv.errorsText(validators.rules.errors));
    assert.ok(validators.catalogue(catalogue), ajv.errorsText(validators.catalogue.errors));
    assert.deepEqual(check({ ...rules, catalogue }), []);
  }
});

test('schema: a document with every member once is valid for both', () => {
  assertAgree(example(), 'the example');
  assert.ok(validators.rules(example()), ajv.errorsText(validators.rules.errors));
});

test('schema: schema and parser agree on documents with a random change', () => {
  const seed = Number(process.env.SIDEDISH_SEED ?? Date.now() % 1_000_000);
  console.log(`# seed ${seed}`);
  const roll = dice(seed);
  let refused = 0;
  const rounds = 400;
  for (let i = 0; i < rounds; ++i) {
    const document = example();
    mutate(document, roll);
    assertAgree(document, `seed ${seed}, round ${i}`);
    if (!validators.rules(document)) ++refused;
  }
  // Both verdicts occur, else the agreement says nothing.
  assert.ok(refused > rounds / 10 && refused < rounds, `${refused} of ${rounds} refused`);
});
