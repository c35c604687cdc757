// The lines of sdk/docs/integrate.md, run as they stand there: only addresses and folders are the test's own.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from '../../sdk/js/sidedish.mjs';
import { bin, root } from './house.mjs';

const guide = readFileSync(join(root, 'sdk/docs/integrate.md'), 'utf8');
const blocks = (language) => [...guide.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text);
const [start, native, http] = blocks('sh');
const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, no_proxy: '*' };  // curl would ask the environment's proxy

let home;
let run;
let agent;
let url;
const output = (command, args, input) => execFileSync(command, args, { cwd: root, env, encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'inherit'] });

before(async () => {
  home = mkdtempSync(join(tmpdir(), 'sidedish-'));
  run = mkdtempSync('/dev/shm/sidedish-test-');
  const [compile, serve] = start.trim().replaceAll('rules.image', `${home}/rules.image`).split('\n');
  execFileSync('bash', ['-c', compile], { cwd: root, env, stdio: 'ignore' });
  writeFileSync(`${home}/agent.json`, '{}');  // and not that of this machine
  const own = `--config ${home}/agent.json --state-dir ${home}/state --run-dir ${run} --port 0`;
  agent = spawn('bash', ['-c', `exec ${serve} ${own}`], { cwd: root, env, stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(agent.stdout, 'data');
  url = String(line).match(/http:\/\/\S+/)[0];
});
after(async () => {
  if (agent) {
    agent.kill();
    await once(agent, 'exit');
  }
  rmSync(home, { recursive: true, force: true });
  rmSync(run, { recursive: true, force: true });
});

test('the guide: the native till compiles and asks', () => {
  const [compile, till] = native.trim().replaceAll('build/release/lib', join(dirname(bin), 'lib')).replaceAll('rules.image', `${home}/rules.image`)
    .replace('-o till', `-o ${home}/till`).replace('./till', `${home}/till`).split('\n');
  output('bash', ['-c', compile]);
  assert.match(output('bash', ['-c', `${till} ${run}`], 'sku:BURGER 590\npay\n'), /Fries with that\? {2}\+290/);
});

test('the guide: the lines in JavaScript ask, add and end the sale', async () => {
  const said = [];
  const wrong = [];
  const token = readFileSync(join(run, 'token'), 'utf8');
  const sidedish = { connect: (options) => connect({ agent: url, token, deadlineMs: 5000, onError: (text) => wrong.push(text), ...options }) };
  const [lines] = blocks('js');
  await new Function('sidedish', 'console', `return (async () => { ${lines} })()`)(sidedish, { log: (...words) => said.push(words) });
  assert.deepEqual(said, [['Fries with that?', 290]]);
  assert.deepEqual(wrong, []);
});

test('the guide: the lines in PHP ask, add and end the sale', () => {
  const lines = blocks('php')[0].replace('new Sidedish([', `new Sidedish(['agent' => '${url}', 'token_file' => '${run}/token', 'memory_dir' => '${home}', 'deadline_ms' => 5000, `);
  assert.equal(output('php', ['-d', 'display_errors=stderr', '-r', `require 'sdk/php/Sidedish.php'; ${lines}`]), 'Fries with that? 290\n');
});

test('the guide: the lines in Python ask, add and end the sale', () => {
  const lines = blocks('python')[0].replace('sidedish.Lane(', `sidedish.Lane(agent="${url}", token_file="${run}/token", deadline_ms=5000, `);
  assert.equal(output('python3', ['-c', `import sys; sys.path.insert(0, "sdk/python"); import sidedish\n${lines}`]), 'Fries with that? 290\n');
});

test('the guide: the requests ask and end the sale', () => {
  const lines = http.replace('http://127.0.0.1:7410', url).replace('/run/sidedish/token', `${run}/token`);
  const said = output('bash', ['-c', lines]);
  assert.match(said, /"headline":"Fries with that\?"/);
  assert.match(said, /\{"status":"ok"\}$/);
});
