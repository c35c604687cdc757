// The types of the JavaScript binding fit what hosts write, and refuse what the agent would refuse.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './house.mjs';

const host = `
import { connect, fromDouble, type Answered } from '../../sdk/js/sidedish.js';
const lane = connect({ lane: '1', capabilities: ['add', 'undo'], currency: 'EUR', token: async () => 'x', onError: (text, problem) => console.log(text, problem?.errors?.[0]?.pointer) });
const cents: number | null = fromDouble(9.290000000000001, 2);
const answer: Answered = await lane.update({ basket: 'A', lines: [{ product: 'sku:BURGER', quantity: '1', unit_price: cents ?? 0 }], customer: { avoid: ['milk'] } });
for (const prompt of answer.prompts) await lane.answer(prompt, 'accepted', { by: 'staff' });
await lane.event('completed', 'A', { total: '5.90' });
window.sidedish.connect().returned({ product: 'sku:BURGER', quantity: '1', value: 590 });
// @ts-expect-error no such mode
lane.update({ basket: 'A', lines: [], mode: 'happy hour' });
// @ts-expect-error no such outcome
lane.answer('00000000000000a1', 'perhaps');
// @ts-expect-error a quantity is text, or quantity_milli
lane.update({ basket: 'A', lines: [{ product: 'sku:BURGER', quantity: 1 }] });
`;

test('the types of the JavaScript binding fit what a host writes', () => {
  const folder = mkdtempSync(join(root, 'build', 'types-'));
  try {
    writeFileSync(join(folder, 'host.ts'), host);
    const args = ['--noEmit', '--strict', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom', join(folder, 'host.ts')];
    const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), ...args], { encoding: 'utf8' });
    assert.equal(tsc.status, 0, tsc.stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the Python binding is written in Python 3.7', () => {
  const parse = "import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 7))";
  const done = spawnSync('python3', ['-c', parse, join(root, 'sdk/python/sidedish.py')], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
});
