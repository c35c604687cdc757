// A page of another address space in Chromium, which forbids it to talk to programs of this machine until it is allowed: what a
// cashier, a shopper and a host see. Seen to fail: with the adapter loaded from the agent; without the note; without onchange.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { after, before, beforeEach, afterEach, test } from 'node:test';
import { browse } from '../pages/support/browser.mjs';
import { House, root } from './house.mjs';

const dock_page = `<!doctype html><meta charset="utf-8"><title>Host</title><div id="place"></div><script src="/adapter.js"></script><script>
  const asked = new URLSearchParams(location.search);
  window.states = [];
  sidedish.dock(document.getElementById('place'), { agent: asked.get('agent'), page: asked.get('page'), language: asked.get('language') ?? undefined,
    add: () => true, state: (...state) => states.push(state) });
</script>`;

let house;
let site;
let browser;

before(async () => {
  let adapter = '';
  const files = { '/till.html': ['text/html', () => readFileSync(join(root, 'sdk/examples/js/till.html'))], '/sidedish.js': ['text/javascript', () => readFileSync(join(root, 'sdk/js/sidedish.js'))],
    '/dock.html': ['text/html', () => dock_page], '/adapter.js': ['text/javascript', () => adapter] };
  site = http.createServer((request, response) => {
    const [type, text] = files[request.url.split('?')[0]] ?? [];
    response.writeHead(text ? 200 : 404, { 'Content-Type': type ?? 'text/plain' });
    response.end(text ? text() : '');
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  site.url = `http://127.0.0.1:${site.address().port}`;
  house = await House.open(['--allow-origin', site.url]);
  adapter = await (await fetch(`${house.url}/assets/adapter.js`)).text();
});
after(async () => {
  await house?.close();
  site?.close();
});
beforeEach(async () => { browser = await browse({ args: [`--ip-address-space-overrides=127.0.0.1:${site.address().port}=public`] }); });
afterEach(() => browser.close());

const allow = () => browser.context.grantPermissions(['local-network-access'], { origin: site.url });
async function opened(path) {
  const page = await browser.context.newPage();
  await page.goto(`${site.url}${path}`);
  return page;
}

test('permission: a web till that the browser keeps from its agent sells, and says on the page what to do', async () => {
  const path = `/till.html?agent=${house.url}&deadline=5000`;
  const page = await opened(path);
  const scan = async () => {
    await page.keyboard.type('sku:BURGER');
    await page.keyboard.press('Enter');
  };
  await scan();
  await page.locator('li').first().waitFor();
  await page.getByText('LoopbackNetworkAllowedForUrls').waitFor();
  await allow();
  await page.goto(`${site.url}${path}`);
  // The browser may let a moment pass before it allows it: an agent that is away is asked again with a scan a second later.
  const offered = () => page.getByText('Fries with that?').waitFor({ timeout: 2000 }).then(() => true, () => false);
  let scans = 0;
  do {
    assert.ok(++scans < 15, 'nothing is offered');
    await scan();
  } while (!(await offered()));
  assert.equal(await page.locator('#hint').textContent(), '');
});

test('permission: a strip that the browser keeps out says so in the language of the cashier, and comes once it is allowed', async () => {
  for (const [language, words] of [['en', 'This browser keeps this page'], ['de-AT', 'Der Browser lässt diese Seite'], ['ar', 'يمنع المتصفح'], ['ja', 'ブラウザーが']]) {
    const page = await opened(`/dock.html?agent=${house.url}&page=till&language=${language}`);
    await page.locator('p[role=status]', { hasText: words }).waitFor();
    assert.equal(await page.locator('iframe').isVisible(), false);
    assert.deepEqual(await page.evaluate('states'), [[false, 'permission']]);
    if (language !== 'ja') {
      await page.close();
      continue;
    }
    await allow();
    await page.waitForFunction(() => window.states.length === 2);
    assert.deepEqual(await page.evaluate('states[1]'), [true]);
    assert.equal(await page.locator('p').count(), 0);
    assert.ok(await page.locator('iframe').isVisible());
  }
});

test('permission: a kiosk that the browser keeps out tells its host, and the shopper nothing', async () => {
  const page = await opened(`/dock.html?agent=${house.url}&page=kiosk`);
  await page.waitForFunction(() => window.states.length > 0);
  assert.deepEqual(await page.evaluate('states'), [[false, 'permission']]);
  assert.equal((await page.locator('body').innerText()).trim(), '');
});
