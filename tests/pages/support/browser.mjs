// Debian's Chromium, silent, with an empty profile that is gone afterwards.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
               '--disable-component-update', '--disable-sync', '--font-render-hinting=none', '--hide-scrollbars'];

/// A context that lives for a test file. `options` are playwright's (viewport, reducedMotion, hasTouch ...).
export async function browse(options = {}) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'sidedish-pages-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.SIDEDISH_CHROMIUM ?? '/usr/bin/chromium', args: flags, headless: true, chromiumSandbox: false, locale: 'en-GB',
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
