// Somebody who is signed in to /manage, in a browser of their own.
import assert from 'node:assert/strict';
import path from 'node:path';
import AxeBuilder from '@axe-core/playwright';

import { browse, within } from './browser.mjs';

export const password = 'correct horse battery';

/// `joins` false: the browser alone, for a test that is about joining.
export async function manager(home, id, role, { stores = [], viewport = { width: 1280, height: 900 }, joins = true } = {}) {
  const chrome = await browse({ viewport, reducedMotion: 'reduce' });
  const foreign = [];
  const violations = [];
  async function open(place = '') {
    const page = await chrome.context.newPage();
    page.setDefaultTimeout(within(5000));
    page.on('request', (request) => { if (!request.url().startsWith(home.url) && !/^(blob|about|data):/.test(request.url())) foreign.push(request.url()); });
    page.on('console', (message) => { if (/Content Security Policy/i.test(message.text())) violations.push(message.text()); });
    await page.goto(`${home.url}/manage${place}`);
    return page;
  }
  async function join() {
    const page = await open(new URL(await home.link('--role', role, ...stores.flatMap((store) => ['--store', store]))).hash);
    await page.fill('input[name=name]', id[0].toUpperCase() + id.slice(1));
    await page.fill('input[name=id]', id);
    await page.fill('input[name=password]', password);
    await page.keyboard.press('Enter');
    await page.waitForSelector('nav');
    await page.close();
  }
  if (joins) await join();
  return {
    open, foreign, violations, context: chrome.context,
    close: () => chrome.close(),
    /// axe with the tags of WCAG 2.2 AA finds nothing.
    async clean(on, what) {
      const { violations: found } = await new AxeBuilder({ page: on }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
      assert.deepEqual(found.map(({ id: rule, nodes }) => `${rule}: ${nodes[0].html.slice(0, 200)}`), [], what);
    },
    async speak(on, tag) {
      await on.selectOption('header select', tag);
      await on.waitForFunction((wanted) => document.documentElement.lang === wanted, tag);
    },
    /// Where a picture of every state goes when somebody wants to look: SIDEDISH_SHOTS=folder.
    async shot(on, name) {
      if (!process.env.SIDEDISH_SHOTS) return;
      await on.waitForTimeout(800);
      await on.screenshot({ path: path.join(process.env.SIDEDISH_SHOTS, `rules-${name}.png`), fullPage: true });
    },
  };
}
