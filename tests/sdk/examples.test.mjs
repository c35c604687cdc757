// The examples that a reader is told to run, run: a sale with a yes, a sale with a no, and one without an agent. The pages run in
// Chromium: what is scanned while a prompt is up arrives whole, and Enter answers nothing.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { browse } from '../pages/support/browser.mjs';
import { House, root } from './house.mjs';

const examples = join(root, 'sdk/examples');
let house; // knows the origin of the page
let site;
let browser;

before(async () => {
  const files = { '/till.html': ['text/html', 'sdk/examples/js/till.html'], '/sidedish.js': ['text/javascript', 'sdk/js/sidedish.js'] };
  site = http.createServer((request, response) => {
    const [type, file] = files[request.url.split('?')[0]] ?? [];
    response.writeHead(file ? 200 : 404, { 'Content-Type': type ?? 'text/plain' });
    response.end(file ? readFileSync(join(root, file)) : '');
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  site.url = `http://127.0.0.1:${site.address().port}`;
  house = await House.open(['--allow-origin', site.url]);
  browser = await browse();
});
after(async () => {
  await browser?.close();
  await house?.close();
  site?.close();
});

async function closedPort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Types into a program and gives back what it printed. */
async function typed(command, args, lines) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk) => { said += chunk; });
  child.stderr.on('data', () => {});
  child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  return said;
}

const scans = ['sku:BURGER 5.90', '', 'sku:COLA 2.50', '+', 'pay', 'sku:BURGER 5.90', '-', 'pay'];

test('example: the till in Python sells, adds after a yes alone, and sells without an agent too', async () => {
  const till = join(examples, 'python/till.py');
  assert.equal(await typed('python3', [till, house.url, house.tokenFile, '5000'], scans), [
    '  sku:BURGER  5.90', '    Fries with that?  +2.90  (+ or -)', '  sku:COLA  2.50', '    Fries with that?  +2.90  (+ or -)', '  sku:FRIES  2.90', 'paid 11.30',
    '  sku:BURGER  5.90', '    Fries with that?  +2.90  (+ or -)', 'paid 5.90', ''].join('\n'));
  assert.equal(await typed('python3', [till, `http://127.0.0.1:${await closedPort()}`, house.tokenFile], scans),
    '  sku:BURGER  5.90\n  sku:COLA  2.50\npaid 8.40\n  sku:BURGER  5.90\npaid 5.90\n');
});

/** Nobody scans before the field has the focus, and a page that comes anew with each scan has it when it is whole. */
const ready = (page) => page.waitForFunction(() => document.readyState === 'complete' && document.activeElement === document.querySelector('input'));

/** The sale that both pages are put through. */
async function sellOnPage(page, answer) {
  const lines = page.locator('li');
  const strip = page.locator('#strip, .strip').first();
  const ring = async (code, count) => {
    await page.keyboard.type(code, { delay: 2 });
    await page.keyboard.press('Enter');
    await lines.nth(count - 1).waitFor();
    await ready(page);  // the scan field has the focus: before the prompt, and while it is up
  };
  await ready(page);
  await ring('sku:BURGER', 1);
  await page.getByText('Fries with that?').waitFor();
  await ready(page);
  // A scan while the prompt is up: whole, and no answer.
  await ring('sku:COLA', 2);
  await page.getByText('Fries with that?').waitFor();
  assert.deepEqual(await lines.allTextContents(), ['Burger 5.90', 'Cola 2.50']);
  await answer(strip);
  await lines.nth(2).waitFor();
  assert.deepEqual(await lines.allTextContents(), ['Burger 5.90', 'Cola 2.50', 'Fries 2.90']);
  await ready(page);  // after the answer too
  await ring('sku:COFFEE-L', 4);
  assert.equal(await strip.locator('button').count(), 0);
  await page.getByText('Pay', { exact: true }).click();
  await page.getByText('Paid').waitFor();
  await ready(page);
  // A sale with a no.
  await ring('sku:BURGER', 1);
  await page.getByText('F9 No').click();
  await page.getByText('Fries with that?').waitFor({ state: 'detached' });
  assert.equal(await lines.count(), 1);
  await page.getByText('Pay', { exact: true }).click();
}

test('example: the web till sells with a tap and with F8, keeps the focus, and sells without an agent too', async () => {
  const page = await browser.context.newPage();
  await page.goto(`${site.url}/till.html?agent=${house.url}&deadline=5000`);
  await sellOnPage(page, (strip) => strip.getByText('F8 Add').click());
  await page.keyboard.type('sku:BURGER');
  await page.keyboard.press('Enter');
  await page.getByText('Fries with that?').waitFor();
  await page.waitForFunction(() => new Promise((done) => { setTimeout(() => done(true), 150); })); // a person's pause
  await page.keyboard.press('F8');
  await page.locator('li').nth(1).waitFor();

  await page.goto(`${site.url}/till.html?agent=http://127.0.0.1:${await closedPort()}`);
  for (const code of ['sku:BURGER', 'sku:COLA']) {
    await page.keyboard.type(code);
    await page.keyboard.press('Enter');
  }
  await page.locator('li').nth(1).waitFor();
  assert.equal(await page.locator('#strip button').count(), 0);
  await page.close();
});

test('example: the PHP till answers every scan with its prompts, and sells without an agent too', async () => {
  const memory = mkdtempSync(join(tmpdir(), 'sidedish-php-'));
  const serve = async (agent) => {
    const port = await closedPort();
    const child = spawn('php', ['-d', `session.save_path=${memory}`, '-d', `sys_temp_dir=${memory}`, '-S', `127.0.0.1:${port}`, join(examples, 'php/till.php')], {
      stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, SIDEDISH_AGENT: agent, SIDEDISH_TOKEN_FILE: house.tokenFile, SIDEDISH_DEADLINE_MS: '5000' },
    });
    let said = '';
    await new Promise((done, failed) => {
      child.stderr.on('data', (chunk) => {
        said += chunk;
        if (said.includes('started')) done();
      });
      child.on('exit', () => failed(new Error(said)));
    });
    return { url: `http://127.0.0.1:${port}/`, stop: () => { child.removeAllListeners('exit'); child.kill(); return once(child, 'exit'); } };
  };
  const page = await browser.context.newPage();
  let till = await serve(house.url);
  try {
    await page.goto(till.url);
    await sellOnPage(page, () => page.keyboard.press('F8'));
  } finally {
    await till.stop();
  }
  till = await serve(`http://127.0.0.1:${await closedPort()}`);
  try {
    await page.goto(till.url);
    await ready(page);
    for (const [index, code] of ['sku:BURGER', 'sku:COLA'].entries()) {
      await page.keyboard.type(code);
      await page.keyboard.press('Enter');
      await page.locator('li').nth(index).waitFor();
      await ready(page);
    }
    assert.equal(await page.locator('.strip button').count(), 0);
  } finally {
    await till.stop();
    await page.close();
    rmSync(memory, { recursive: true });
  }
});
