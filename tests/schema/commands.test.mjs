// What people type at a terminal or at head office, with and without a running program behind it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const bin = process.env.SIDEDISH_BIN ?? join(root, 'build', 'dev', 'bin');
const shop = join(root, 'sim/shops/giftware');
const home = mkdtempSync(join(tmpdir(), 'sidedish-commands-'));
const run_home = mkdtempSync('/dev/shm/sidedish-commands-');
const running = [];
after(() => {
  for (const one of running) one.kill('SIGKILL');
  for (const folder of [home, run_home]) rmSync(folder, { recursive: true });
});

const say = (program, ...words) => {
  const { status, stdout, stderr } = spawnSync(join(bin, program), words, { encoding: 'utf8' });
  return { status, stdout, stderr };
};
const office = (...words) => say('sidedish-headoffice', ...words, '--db', join(home, 'office.db'));

async function start(program, words, ready) {
  const child = spawn(join(bin, program), words, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => { said += bytes; });
  for (let i = 0; i < 400 && !ready.test(said); ++i) await new Promise((done) => setTimeout(done, 50));
  assert.match(said, ready);
  return { child, said };
}
const ended = (child) => new Promise((done) => child.on('exit', done));

/** The same of a file that nobody has open, and of a head office that runs. */
function asked() {
  const stores = office('stores');
  assert.equal(stores.status, 0, stores.stderr);
  assert.match(stores.stdout, /market-row/);
  const report = office('report', '--by', 'rule,arm');
  assert.equal(report.status, 0, report.stderr);
  assert.match(report.stdout, /^No outcomes from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d\.$/m);
  const json = JSON.parse(office('report', '--json').stdout);
  assert.deepEqual(json.rows, []);
  assert.match(office('terminals', 'nowhere').stderr, /there is no such store/);
  return stores.stdout;
}

test('commands: head office answers from its file while it does not run, and by asking it while it does', async () => {
  assert.match(office('stores').stdout, /No stores yet/);
  const published = office('publish', join(shop, 'rules.json'), join(shop, 'catalogue.json'));
  assert.equal(published.status, 0, published.stderr);
  const alone = asked();
  const { child } = await start('sidedish-headoffice', ['serve', '--db', join(home, 'office.db'), '--port', '0'], /127\.0\.0\.1:\d+/);
  assert.equal(asked(), alone);
  // The file is the running one's alone.
  const second = office('serve', '--port', '0');
  assert.notEqual(second.status, 0);
  const gone = ended(child);
  child.kill('SIGTERM');
  await gone;
  assert.equal(asked(), alone);
});

test('commands: no other machine may ask head office', () => {
  for (const address of ['0.0.0.0', '::', '192.0.2.1']) {
    const { status, stderr } = office('serve', '--address', address, '--port', '0');
    assert.notEqual(status, 0, address);
    assert.match(stderr, /only 127\.0\.0\.1 and ::1 are served/);
  }
});

test('commands: an agent tells how it is, running or not; a second one ends and says why', async () => {
  const state = ['--state-dir', join(home, 'state')];
  const before = say('sidedish-agent', 'status', ...state);
  assert.notEqual(before.status, 0, 'there is none yet');
  const words = [...state, '--run-dir', run_home, '--store', 'mitte', '--terminal', 't1', '--port', '0'];
  const { child } = await start('sidedish-agent', ['run', ...words], /127\.0\.0\.1:\d+/);
  const status = say('sidedish-agent', 'status', ...state);
  assert.equal(status.status, 0, status.stderr);
  assert.match(status.stdout, /mitte/);
  const told = JSON.parse(say('sidedish-agent', 'status', '--json', ...state).stdout);
  assert.equal(told.store, 'mitte');
  assert.equal(told.terminal, 't1');
  const second = say('sidedish-agent', 'run', ...words);
  assert.notEqual(second.status, 0);
  assert.match(second.stderr + second.stdout, /another sidedish-agent has/);
  const gone = ended(child);
  child.kill('SIGTERM');
  await gone;
  const after_it = say('sidedish-agent', 'status', ...state);
  assert.equal(after_it.status, 0, 'of its files');
  assert.match(after_it.stdout, /not running/);
});
