// Debian's Chromium, silent, with an empty profile that is gone afterwards.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
               '--disable-component-update', '--disable-sync', '--font-render-hinting=none', '--hide-scrollbars',
               // Containers give /dev/shm 64 MB, and a proxy of the environment is nobody's business here.
               '--disable-dev-shm-usage', '--no-proxy-server',
               // The network is cut: no name means anything.
               '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1'];

/// A context that lives for a test file. `options` are playwright's (viewport, reducedMotion, hasTouch ...), `args` more of Chromium's.
export async function browse({ args = [], ...options } = {}) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'sidedish-pages-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.SIDEDISH_CHROMIUM ?? '/usr/bin/chromium', args: [...flags, ...args], headless: true, chromiumSandbox: false, locale: 'en-GB', timeout: 120_000,
    viewport: { width: 1024, height: 600 }, ...options,
  });
  return {
    context,
    async close() {
      await context.close();
      fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/// What a test may wait for: exactly what is promised when the long rows ask (on a machine of their own), and long enough for a
/// busy one when the quick set does. There it finds what hangs, not what is slow.
export const long = process.env.SIDEDISH_LONG;
export const within = (ms) => (long === 'whole' ? ms : ms * 10);

/// Goes to another tab of /manage, and waits until the page of the last one is gone: its rows are not mistaken for the new one's.
export async function turn_to(page, place) {
  const link = `nav a[href="#${place}"]`;
  await page.click(link);
  await page.waitForSelector(`${link}[aria-current=page]`);
}

/// When, by the machine's clock, the element came (or went): seen by the page itself, not by who asks it.
export async function watched(frame, selector, there = true) {
  await frame.evaluate(([wanted, come]) => {
    window.seen_at = undefined;
    const look = () => { if (window.seen_at === undefined && (document.querySelector(wanted) !== null) === come) window.seen_at = performance.timeOrigin + performance.now(); };
    window.looking?.disconnect();
    window.looking = new MutationObserver(look);
    window.looking.observe(document, { childList: true, subtree: true, attributes: true });
    look();
  }, [selector, there]);
  return async (timeout) => {
    await frame.waitForFunction(() => window.seen_at !== undefined, undefined, { timeout });
    return frame.evaluate('window.seen_at');
  };
}

/// Opens an address as for the first time on a machine with a quarter of this one's speed: when its `selector` was painted (ms after
/// the address was asked for), what came over the wire until then, and how many requests that took, and which.
export async function first_load(context, url, selector) {
  const page = await context.newPage();
  try {
    const tool = await context.newCDPSession(page);
    const came = { bytes: 0, requests: 0, asked: [] };
    await tool.send('Network.enable');
    await tool.send('Network.setCacheDisabled', { cacheDisabled: true });
    await tool.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    tool.on('Network.requestWillBeSent', ({ request }) => {
      if (!/^http/.test(request.url) || request.url.endsWith('/favicon.ico')) return;
      came.requests += 1;
      came.asked.push(request.url.replace(/^http:..[^/]+/, ''));
    });
    tool.on('Network.loadingFinished', ({ encodedDataLength }) => { came.bytes += encodedDataLength; });
    await page.addInitScript((wanted) => {
      const look = () => {
        const there = document.querySelector(wanted);
        if (!there || [...document.images].some((image) => !image.complete)) return requestAnimationFrame(look);
        return requestAnimationFrame(() => setTimeout(() => { window.painted_at = performance.now(); }));
      };
      look();
    }, selector);
    await page.goto(url);
    await page.waitForFunction(() => window.painted_at !== undefined);
    const painted = await page.evaluate('painted_at');
    await page.waitForTimeout(200);     // what is still on its way is counted too
    return { painted, ...came };
  } finally {
    await page.close();
  }
}

/// Everything that a page complains about, and every request that leaves the machine.
export function watch(page) {
  const said = [];
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) said.push(message.text()); });
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (!['blob:', 'data:', 'about:'].includes(protocol) && hostname !== '127.0.0.1') said.push(`request to ${request.url()}`);
  });
  return said;
}
