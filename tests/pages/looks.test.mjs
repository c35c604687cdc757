// What the pages look like: every state beside a stored picture of it, at half size. SIDEDISH_LOOKS=write stores them anew, with a
// reason. Pictures are of Debian 12's Chromium and Noto fonts; smoothing may differ, words, places and colours may not.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { Agent, prompt } from './support/agent.mjs';
import { browse } from './support/browser.mjs';
import { root } from './support/built.mjs';
import { pos } from './support/host.mjs';
import { catalogue } from './support/house.mjs';
import { kiosk } from './support/kiosk_host.mjs';

const folder = path.join(root, 'tests/pages/looks');
const writing = process.env.SIDEDISH_LOOKS === 'write';
/// A product of the burger bar as the agent tells of it, without the namespace of its key.
const product = (key) => catalogue.products.find((one) => one.key === `sku:${key}`);
const picture = (key) => Object.fromEntries(Object.entries(product(key).pictures).map(([size, digest]) => [size, `/pictures/${digest}`]));
/// The host tells names alone.
const names = Object.fromEntries(catalogue.products.map(({ key, name }) => [key, [name]]));
/// Headline and reason of fries, a drink, and something sweet.
const words = {
  en: ['Fries with that?', 'Hot and salted, ready when your burger is', 'Something to drink?', 'Ice-cold: it makes the second bite as good as the first', 'Something sweet?', 'It is still soft in the middle'],
  de: ['Pommes dazu?', 'Heiß, gesalzen und fertig mit dem Burger', 'Etwas zu trinken?', 'Eiskalt: damit schmeckt der zweite Bissen wie der erste', 'Etwas Süßes?', 'Innen ist es noch weich'],
  ar: ['بطاطس مقلية معها؟', 'ساخنة ومملحة، وجاهزة مع وجبتك', 'مشروب معها؟', 'بارد جدًا: القضمة الثانية لذيذة مثل الأولى', 'شيء حلو؟', 'طري من الداخل'],
  ja: ['ポテトもいかがですか？', '揚げたてアツアツ、バーガーと一緒にお出しします', 'お飲み物はいかがですか？', 'よく冷えています。二口目もおいしく召し上がれます', '甘いものはいかがですか？', '中はしっとりしています'],
};
let agent, till, counter, browser, judge;

before(async () => {
  agent = await new Agent().start();
  till = await pos(agent);
  counter = await kiosk(agent, names);
  agent.origins.push(till.url, counter.url);
  browser = await browse({ reducedMotion: 'reduce' });
  browser.context.setDefaultTimeout(15_000);
  judge = await browser.context.newPage();
  await judge.goto('about:blank');
});
after(async () => {
  await browser?.close();
  till?.stop();
  counter?.stop();
  await agent?.stop();
});

/// A picture at half size as WebP, and the share of its pixels that are not those of another one.
const weigh = (png, other) => judge.evaluate(async ([now, then]) => {
  const drawn = async (type, text, half) => {
    const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], { type }));
    const canvas = Object.assign(document.createElement('canvas'), { width: bitmap.width / half, height: bitmap.height / half });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return { canvas, data: context.getImageData(0, 0, canvas.width, canvas.height).data };
  };
  const mine = await drawn('image/png', now, 2);
  const stored = mine.canvas.toDataURL('image/webp', 0.8).split(',')[1];
  if (!then) return { stored };
  const theirs = await drawn('image/webp', then, 1);
  if (theirs.canvas.width !== mine.canvas.width || theirs.canvas.height !== mine.canvas.height) return { stored, other: 1 };
  let other = 0;
  for (let i = 0; i < mine.data.length; i += 4) {
    if (Math.max(...[0, 1, 2].map((c) => Math.abs(mine.data[i + c] - theirs.data[i + c]))) > 60) ++other;
  }
  return { stored, other: other / (mine.data.length / 4) };
}, [png.toString('base64'), other]);

async function look(name, target, worst = 0.01) {
  const file = path.join(folder, `${name}.webp`);
  const png = await target.screenshot({ animations: 'disabled' });
  if (writing) {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(file, Buffer.from((await weigh(png)).stored, 'base64'));
    return;
  }
  const { other } = await weigh(png, fs.readFileSync(file).toString('base64'));
  if (other > worst) {
    const seen = path.join(root, 'build/looks');
    fs.mkdirSync(seen, { recursive: true });
    fs.writeFileSync(path.join(seen, `${name}.png`), png);
  }
  assert.ok(other <= worst, `${name}: ${(other * 100).toFixed(2)} % of it looks otherwise than tests/pages/looks/${name}.webp; see build/looks/${name}.png`);
}
let count = 0;

for (const language of ['en', 'de', 'ar', 'ja']) {
  test(`looks: every state of the strip in ${language}`, async () => {
    const page = await browser.context.newPage();
    await page.setViewportSize({ width: 1024, height: 300 });
    await page.goto(`${till.url}/?lang=${language}`);
    const strip = page.frameLocator('iframe');
    await agent.listened();
    await page.waitForFunction('states.length > 0');
    const place = page.locator('#strip');
    const shown = (what) => strip.locator(`.strip.is-${what}`).waitFor();
    const press = async (key) => { await page.waitForTimeout(150); await page.keyboard.press(key); };
    const offer = async () => {
      const basket = `l${++count}`;
      agent.basket({ basket });
      agent.prompts(prompt({ basket, id: count.toString(16).padStart(16, '0'), headline: words[language][0], reason: words[language][1], saving: 150, product: 'sku:FRIES-M', product_name: product('FRIES-M').name[language],
                            price_effect: 320, picture: picture('FRIES-M'), rule_name: 'Fries with that?', why: { trigger: 'sku:DOUBLE', trigger_name: product('DOUBLE').name[language], until: '2026-11-30' } }));
      await shown('prompt');
    };
    const states = {
      prompt: offer,
      why: async () => { await offer(); await strip.locator('.ask').click(); await page.mouse.move(0, 0); },
      accepted: async () => { await offer(); await press('F8'); await shown('accepted'); },
      chip: async () => { await offer(); await press('F9'); await shown('chip'); },
      error: async () => { await page.evaluate('fail_add = true'); await offer(); await press('F8'); await shown('error'); },
      noted: async () => {
        await offer();
        const { x, y } = await strip.locator('.no').boundingBox();
        await page.mouse.move(x + 30, y + 30);
        await page.mouse.down();
        await shown('noted');
        await page.mouse.up();
      },
      rush: async () => { agent.basket({ basket: `l${++count}` }); agent.push('state', { rush: true }); await strip.locator('.rush').waitFor(); },
      offline: async () => { agent.push('state', { rush: false }); await strip.locator('.rush').waitFor({ state: 'detached' }); await agent.stop(); await strip.locator('.offline').waitFor(); },
    };
    for (const [name, reach] of Object.entries(states)) {
      await reach();
      await look(`till-${name}-${language}`, place);
    }
    await page.close();
    await agent.start(agent.origins);
    await agent.left();
  });
}

for (const [language, width, height] of [['en', 1080, 1920], ['ar', 1080, 1920], ['ja', 1920, 1080], ['de', 540, 960]]) {
  test(`looks: every state of the panel in ${language} at ${width}x${height}`, async (over) => {
    // Whoever does not touch it is asked after 90 s: a clock of its own, and one is all pages' of its browser.
    const own = await browse({ reducedMotion: 'reduce', viewport: { width, height } });
    over.after(() => own.close());
    own.context.setDefaultTimeout(15_000);
    const page = await own.context.newPage();
    await page.clock.install();
    await page.goto(`${counter.url}/?lang=${language}`);
    await page.clock.resume();
    const panel = page.frameLocator('iframe');
    await agent.listened();
    await page.waitForFunction('states.length > 0');
    const basket = `l${++count}`;
    const card = (key, n, changes) => prompt({ basket, id: (++count).toString(16).padStart(16, '0'), product: `sku:${key}`, product_name: product(key).name[language], picture: picture(key),
                                               price_effect: 320 - n * 40, headline: words[language][n * 2], reason: words[language][n * 2 + 1], ...changes });
    agent.basket({ basket, total: 1780, lines: [{ product: 'sku:DOUBLE', quantity: '2', line_total: 1780, picture: picture('DOUBLE') }] });
    agent.prompts(...['FRIES-M', 'COLA-M', 'SUNDAE'].map((key, n) => card(key, n, { moment: 'checkout', ...[{ allergens: ['gluten'] }, {}, { allergens: ['milk', 'egg'], saving: 150, price_before: 390 }][n] })),
                  ...['FRIES-M', 'COLA-M'].map((key, n) => card(key, n, { moment: 'browse' })), card('BROWNIE', 2, { moment: 'receipt', kind: 'receipt', action: 'none', product: '' }));
    await page.waitForTimeout(100);
    const at = (name) => look(`kiosk-${name}-${language}`, page);
    const tool = (n) => panel.locator('.tool').nth(n);
    const show = async (moment, item) => {
      await page.evaluate(([one, other]) => dock.show(one, other), [moment, item]);
      await panel.locator(`.view-${moment} .card`).first().waitFor();
      await page.waitForTimeout(150);
    };
    // In the host's page these two are a band.
    await page.addStyleTag({ content: '#panel.band { inset: auto 0 0; block-size: 36vh }' });
    await page.evaluate('document.getElementById("panel").classList.add("band")');
    await show('browse', 'sku:DOUBLE');
    await at('item');
    await show('receipt');
    await at('receipt');
    await page.evaluate('document.getElementById("panel").classList.remove("band")');
    await show('checkout');
    await at('prompt');
    await panel.locator('.add').first().click();
    await panel.locator('.stepper').waitFor();
    await at('added');
    await tool(1).click();
    await at('reach');
    await tool(1).click();
    await tool(3).click();
    await at('contrast');
    await tool(3).click();
    await tool(4).click();
    await at('help');
    await panel.locator('.help button').click();
    await tool(0).click();
    await at('languages');
    await panel.locator('.tool[aria-pressed=true]').click();
    await page.evaluate('fail = true');
    await panel.locator('.add').first().click();
    await panel.locator('.failed').waitFor();
    await at('error');
    await page.clock.runFor(90_500);
    await panel.locator('dialog[open]').waitFor();
    await at('still-there');
    await panel.locator('dialog button').click();
    await agent.stop();
    await panel.locator('.note').waitFor();
    await at('offline');
    await page.close();
    await agent.start(agent.origins);
    await agent.left();
  });
}

test('looks: another look is seen as another one', { skip: writing }, async () => {
  const of = (name) => fs.readFileSync(path.join(folder, `${name}.webp`)).toString('base64');
  await judge.setContent(`<body style="margin:0"><img src="data:image/webp;base64,${of('till-prompt-en')}" style="width:1024px;display:block">`);
  const png = await judge.locator('img').screenshot();
  await judge.goto('about:blank');
  const { other } = await weigh(png, of('till-chip-en'));
  assert.ok(other > 0.01, `${other}`);
});
