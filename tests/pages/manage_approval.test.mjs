// What several people do to one rule on /manage, on the real head office: two who edit at once, who approves and who may not, publishing;
// and that the preview is what a till and a kiosk show. (Checks 39, 40, 43 as far as the rule's own history, 49 of the pages.)
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { manager } from './support/manager.mjs';
import { office } from './support/office.mjs';

const pack = 'burger-bar';
let home;
let edda;
let otto;
let agent;
before(async () => {
  home = await office({ shop: 'burgerbar' });
  [edda, otto] = [await manager(home, 'edda', 'editor'), await manager(home, 'otto', 'approver')];
});
after(async () => {
  await edda?.close();
  await otto?.close();
  await agent?.stop();
  await home?.stop();
});

const kept = (page, rule) => page.evaluate(async (at) => (await fetch(at)).json(), `/v1/packs/${pack}/rules/${rule}`);
const is_draft = (page) => page.waitForFunction(() => /^Draft of/.test(document.querySelector('.status')?.textContent));
async function edit(who, rule) {
  const page = await who.open(`#rules/${pack}/${rule}`);
  await page.waitForSelector('.editor');
  const button = page.locator('.actions >> text=Edit');
  if (await button.count()) await button.click();
  await page.waitForSelector('[role=combobox]');
  return page;
}
async function answer(page, why) {
  await page.fill('dialog input[name=why]', why);
  await page.click('dialog .main');
  await page.waitForSelector('dialog', { state: 'detached' });
}

test('rules: two edit one rule: the second sees both versions and chooses, and nothing of either is lost', async () => {
  const hers = await edit(edda, 'fries-dip');
  const his = await edit(otto, 'fries-dip');
  await hers.fill('[data-at="/text/en/headline"]', 'A dip, perhaps?');
  await hers.fill('[data-at="/priority"]', '61');
  await hers.keyboard.press('Control+s');
  await is_draft(hers);
  await his.fill('[data-at="/text/en/headline"]', 'Dip with the fries?');
  await his.fill('[data-at="/text/en/reason"]', 'Fries like company');
  await his.keyboard.press('Control+s');
  await his.waitForSelector('.conflict');
  assert.match(await his.innerText('.conflict .notice'), /edda saved another version at/i);
  assert.equal((await kept(his, 'fries-dip')).draft.rule.text.en.headline, 'A dip, perhaps?', 'nothing is written over');
  assert.deepEqual(await his.$$eval('.conflict thead th', (all) => all.map((one) => one.textContent)), ['Field', 'Yours', 'Theirs', 'Result']);
  const result = (field) => his.locator('.conflict tbody tr', { hasText: field }).locator('td').last().innerText();
  assert.equal(await result('Reason (English)'), 'Fries like company', 'what one changed alone is taken over');
  assert.equal(await result('Priority'), '61');
  assert.equal(await result('Question (English)'), 'Choose one');
  assert.equal(await his.getAttribute('.conflict .main', 'aria-disabled'), 'true');
  await otto.clean(his, 'conflict');
  await otto.shot(his, 'conflict');
  for (const tag of ['de', 'ar']) {
    await otto.speak(his, tag);
    await otto.clean(his, `conflict in ${tag}`);
    await otto.shot(his, `conflict-${tag}`);
  }
  await otto.speak(his, 'en');
  await his.locator('.conflict tbody tr', { hasText: 'Question (English)' }).locator('input').first().check();
  await his.click('.conflict .main');
  await is_draft(his);
  const { draft } = await kept(his, 'fries-dip');
  assert.equal(draft.rule.text.en.headline, 'Dip with the fries?');
  assert.equal(draft.rule.text.en.reason, 'Fries like company');
  assert.equal(draft.rule.priority, 61);
  await hers.close();
  await his.close();
});

test('rules: nobody approves an own change; another does, publishes, and the history tells who and why', async () => {
  const hers = await edit(edda, 'wings-corn');
  await hers.fill('[data-at="/text/en/headline"]', 'Corn with the wings?');
  await hers.click('.actions >> text=Send for approval');
  await hers.waitForSelector('dialog');
  assert.match(await hers.innerText('dialog .compare'), /Question \(English\)[^]*Corn with the wings\?/);
  await edda.clean(hers, 'sending');
  await edda.shot(hers, 'submit');
  await hers.click('dialog .main');
  assert.equal(await hers.getAttribute('dialog input[name=why]', 'aria-invalid'), 'true', 'a reason is asked for');
  await answer(hers, 'shorter is better');
  await hers.waitForFunction(() => /^Waiting for approval/.test(document.querySelector('.status')?.textContent));
  assert.equal(await hers.locator('.actions >> text=Approve').count(), 0);
  const refused = await hers.evaluate(async (at) => {
    const { csrf } = await (await fetch('/v1/session')).json();
    return (await fetch(at, { method: 'POST', headers: { 'Content-Type': 'application/json', 'Sidedish-CSRF': csrf }, body: '{"why":"mine"}' })).status;
  }, `/v1/packs/${pack}/rules/wings-corn/approve`);
  assert.equal(refused, 403);
  const his = await otto.open(`#rules/${pack}/wings-corn`);
  await his.waitForSelector('.actions >> text=Approve');
  await otto.clean(his, 'waiting');
  await otto.shot(his, 'waiting');
  await his.click('.actions >> text=Approve');
  await answer(his, 'so it is');
  await his.waitForSelector('.notice >> text=Approved.');
  await otto.shot(his, 'approved');
  // Who may not publish is not offered it.
  await hers.reload();
  await hers.waitForFunction(() => /^Approved/.test(document.querySelector('.status')?.textContent));
  assert.equal(await hers.locator('.actions button', { hasText: 'Publish' }).count(), 0);
  await his.click('.actions >> text=Publish now');
  await his.waitForSelector('dialog');
  await otto.clean(his, 'publishing');
  await otto.shot(his, 'publish');
  await answer(his, 'before lunch');
  await his.waitForSelector('.notice >> text=Published.');
  const row = await kept(his, 'wings-corn');
  assert.equal(row.draft, null);
  assert.equal(row.published.text.en.headline, 'Corn with the wings?');
  await his.waitForFunction(() => /before lunch/.test(document.querySelector('.editor')?.innerText));
  assert.equal(await his.getAttribute('[data-at="/text/en/headline"]', 'readonly'), '', 'what is published is only read');
  await otto.shot(his, 'published-again');
  await hers.close();
  await his.close();
});

// To see it fail: let Book::content_of() read the newest version, or leave take_back() without the reason.
test('rules: an old version is looked at, taken back with a reason, and goes the usual way', async () => {
  const page = await edda.open(`#rules/${pack}/wings-corn`);
  await page.waitForSelector('.editor');
  const { history: [newest, first], published } = await kept(page, 'wings-corn');
  const look = ({ version }) => page.locator(`button[aria-label="Look at version ${version}"]`);
  await look(newest).focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog >> text=This is what is published now.');
  assert.equal(await page.locator('dialog .main').count(), 0, 'nothing to take back');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog', { state: 'detached' });
  await look(first).focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog .compare');
  assert.deepEqual(await page.$$eval('dialog .compare th[scope=col]', (all) => all.map((one) => one.textContent)), ['Field', 'Published', `Version ${first.version}`]);
  assert.deepEqual(await page.$$eval('dialog .compare th[scope=row]', (all) => all.map((one) => one.textContent)), ['Question (English)']);
  await edda.clean(page, 'an old version');
  await edda.shot(page, 'old');
  for (const tag of ['de', 'ar', 'ja']) {
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    await edda.speak(page, tag);
    await page.locator('tbody tr button').last().click();
    await page.waitForSelector('dialog .compare');
    await edda.clean(page, `an old version in ${tag}`);
    await edda.shot(page, `old-${tag}`);
  }
  await page.keyboard.press('Escape');
  await edda.speak(page, 'en');
  await look(first).click();
  await page.waitForSelector('dialog .compare');
  await page.click('dialog .main');
  assert.equal(await page.getAttribute('dialog input[name=why]', 'aria-invalid'), 'true', 'a reason is asked for');
  await page.fill('#ask-why', 'it sold more');
  // Somebody drafts it meanwhile: nothing of theirs is lost, and it is said.
  const draft_of = (priority) => page.evaluate(async ([at, rule, tag]) => {
    const { csrf } = await (await fetch('/v1/session')).json();
    return (await fetch(at, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'Sidedish-CSRF': csrf, 'If-Match': tag }, body: JSON.stringify(rule) })).status;
  }, [`/v1/packs/${pack}/rules/wings-corn/draft`, { ...published, priority }, '*']);
  assert.equal(await draft_of(33), 200);
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog >> text=Somebody changed the rule meanwhile.');
  assert.equal((await kept(page, 'wings-corn')).draft.rule.priority, 33);
  assert.match(await page.innerText('dialog .mind'), /takes the place of the draft of edda/);
  await edda.clean(page, 'changed meanwhile');
  await edda.shot(page, 'old-late');
  await page.click('dialog .main');
  await page.waitForSelector('dialog', { state: 'detached' });
  await is_draft(page);
  const { draft } = await kept(page, 'wings-corn');
  assert.deepEqual([draft.why, draft.state, draft.stale], ['it sold more', 'draft', false]);
  const was = await page.evaluate(async (at) => (await (await fetch(at)).json()).rule, `/v1/packs/${pack}/rules/wings-corn/versions/${first.version}`);
  assert.deepEqual(draft.rule, was);
  assert.equal(await page.inputValue('[data-at="/text/en/headline"]'), was.text.en.headline);
  assert.match(await page.innerText('.editor'), /Why: it sold more/);
  assert.deepEqual((await kept(page, 'wings-corn')).published, published);
  await edda.shot(page, 'taken-back');
  await page.click('.actions >> text=Send for approval');
  await answer(page, 'back to the old words');
  const his = await otto.open(`#rules/${pack}/wings-corn`);
  await his.click('.actions >> text=Approve');
  await answer(his, 'so it is');
  await his.click('.actions >> text=Publish now');
  await answer(his, 'the old words again');
  await his.waitForSelector('.notice >> text=Published.');
  assert.deepEqual((await kept(his, 'wings-corn')).published, was);
  // What is archived opens as it was last, and comes back the same way.
  await page.reload();
  await page.click('.actions >> text=Archive');
  await answer(page, 'over');
  await page.click('.actions >> text=Send for approval');
  await answer(page, 'over');
  await his.reload();
  await his.click('.actions >> text=Approve');
  await answer(his, 'over');
  await his.click('.actions >> text=Publish now');
  await answer(his, 'over');
  await his.waitForSelector('.state.is-archived');
  await page.reload();
  await page.waitForSelector('.state.is-archived');
  assert.equal(await page.inputValue('[data-at="/text/en/headline"]'), was.text.en.headline);
  await page.locator(`button[aria-label="Look at version ${first.version}"]`).click();
  await page.waitForSelector('dialog .compare');
  await edda.shot(page, 'old-archived');
  await page.fill('#ask-why', 'missed');
  await page.keyboard.press('Enter');
  await is_draft(page);
  assert.deepEqual((await kept(page, 'wings-corn')).draft.rule, was);
  await page.click('.actions >> text=Discard');
  await page.click('dialog .main');
  await page.close();
  await his.close();
});

test('rules: an own change of an approver waits for somebody else, can be returned, and be published at a time', async (t) => {
  const his = await edit(otto, 'nuggets-dip');
  await his.fill('[data-at="/priority"]', '71');
  await his.click('.actions >> text=Send for approval');
  await answer(his, 'dips go well');
  await his.waitForSelector('text=You wrote this change: somebody else approves it.');
  assert.equal(await his.locator('.actions >> text=Approve').count(), 0);
  const root_ = await manager(home, 'ada', 'admin');
  t.after(() => root_.close());
  const theirs = await root_.open(`#rules/${pack}/nuggets-dip`);
  await theirs.click('.actions >> text=Return');
  await answer(theirs, 'which dip?');
  await is_draft(theirs);
  await his.reload();
  await his.click('.actions >> text=Send for approval');
  await answer(his, 'all of them');
  await theirs.reload();
  await theirs.click('.actions >> text=Approve');
  await answer(theirs, 'good');
  await theirs.click('.actions >> text=Publish later');
  const [day] = new Date(Date.now() + 30 * 86_400_000).toISOString().split('T');
  await theirs.fill('#publish-at', `${day}T06:00`);
  await root_.clean(theirs, 'scheduling');
  await root_.shot(theirs, 'schedule');
  await answer(theirs, 'after the holidays');
  await theirs.waitForFunction((wanted) => document.querySelector('.status')?.textContent.includes(wanted), `${day} 06:00`);
  assert.equal(await theirs.getAttribute('[data-at="/priority"]', 'readonly'), '', 'what is scheduled is returned before it is changed');
  await root_.shot(theirs, 'scheduled');
  await his.close();
});

test('rules: a viewer reads, and changes nothing', async (t) => {
  const vera = await manager(home, 'vera', 'viewer');
  t.after(() => vera.close());
  const page = await vera.open('#rules');
  await page.waitForSelector('table.rules tbody tr');
  assert.equal(await page.locator('.new').count(), 0);
  await page.click('table.rules tbody a');
  await page.waitForSelector('.editor');
  assert.deepEqual(await page.$$eval('.actions button', (all) => all.map((one) => one.textContent)), []);
  await vera.clean(page, 'a rule, to read');
});

/// The share of pixels that differ to the eye.
async function difference(judge, one, other) {
  return judge.evaluate(async (both) => {
    const [a, b] = await Promise.all(both.map(async (text) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      canvas.getContext('2d').drawImage(bitmap, 0, 0);
      return canvas.getContext('2d').getImageData(0, 0, bitmap.width, bitmap.height);
    }));
    if (a.width !== b.width || a.height !== b.height) return `${a.width}x${a.height} and ${b.width}x${b.height}`;
    let other_ = 0;
    for (let i = 0; i < a.data.length; i += 4) if ([0, 1, 2].some((c) => Math.abs(a.data[i + c] - b.data[i + c]) > 24)) other_ += 1;
    return other_ / (a.data.length / 4);
  }, [one.toString('base64'), other.toString('base64')]);
}

test('rules: the preview is what till and kiosk show, in every language, to half a percent of the pixels', async () => {
  agent = await new Agent().start();
  const page = await edda.open(`#rules/${pack}/cappuccino-large`);
  await page.setViewportSize({ width: 1280, height: 1200 });
  await page.waitForSelector('.screen iframe');
  const judge = await edda.open();
  const real = await edda.open();
  for (const [name, surface, [width, height]] of [['Till', 'till', [1180, 96]], ['Kiosk', 'kiosk', [540, 960]]]) {
    await page.click(`.segs >> text=${name}`);
    for (const tag of ['en', 'de', 'ar', 'ja']) {
      const came = page.waitForResponse((response) => response.url().endsWith('/preview') && response.request().postDataJSON().language === tag && response.request().postDataJSON().channel === (surface === 'till' ? 'cashier' : 'kiosk'));
      await page.selectOption('.preview select', tag === 'en' ? 'de' : 'en');
      await page.selectOption('.preview select', tag);
      const { prompts, basket } = await (await came).json();
      assert.equal(prompts.length, 1, `${surface}, ${tag}`);
      const frame = page.frameLocator('.screen iframe');
      await frame.locator(surface === 'till' ? '.prompt h1' : '.card h2', { hasText: prompts[0].headline }).waitFor();
      // At its own size: in the form a kiosk is drawn smaller.
      await page.evaluate(() => {
        for (let here = document.querySelector('.screen'); here; here = here.parentElement) Object.assign(here.style, { overflow: 'visible', maxHeight: 'none', borderRadius: 0 });
        Object.assign(document.querySelector('.screen iframe').style, { transform: 'none', zIndex: 9, position: 'fixed', top: 0, left: 0 });
      });
      agent.config = { ...agent.config, languages: ['en', 'de', 'ar', 'ja'], fold_ms: 600_000 };
      const local = (prompt) => ({ ...prompt, basket: 'b1', ...(prompt.picture ? { picture: Object.fromEntries(Object.entries(prompt.picture).map(([size, at]) => [size, at.replace('/v1/pictures/', '/pictures/')])) } : {}) });
      const pictures = await page.evaluate(async (keys) => (await (await fetch(`/v1/products?pack=burger-bar&keys=${keys.map(encodeURIComponent).join(',')}`)).json()).products, basket.lines.map(({ product }) => product));
      const lines = basket.lines.map((line) => ({ ...line, picture: { large: `/pictures/${pictures.find(({ key }) => key === line.product)?.pictures?.large}` } }));
      await real.setViewportSize({ width, height });
      await real.goto(`${agent.url}/${surface}?lane=1&lang=${tag}`);
      await agent.listened();
      agent.basket({ lines, total: basket.total, currency: 'EUR', exponent: 2 });
      agent.prompts(...prompts.map(local));
      await real.waitForSelector(surface === 'till' ? '.prompt h1' : '.card h2');
      for (const one of [real, page]) await one.evaluate(() => document.fonts.ready);
      await real.waitForFunction(() => [...document.images].every((image) => image.complete));
      const settled = page.frames().find((one) => one.parentFrame() === page.mainFrame());
      await settled.waitForFunction(() => [...document.images].every((image) => image.complete));
      await real.mouse.move(0, 0);
      const share = await difference(judge, await page.locator('.screen iframe').screenshot(), await real.screenshot());
      assert.ok(share <= 0.005, `${surface}, ${tag}: ${share}`);
      await real.goto('about:blank');
      await agent.left();
    }
  }
  await page.close();
});
