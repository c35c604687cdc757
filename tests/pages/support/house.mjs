// The real agent with a shop's rules (the burger bar's, when none is named), for whoever is asked at any hour: no experiment, no
// time of day. And the demo's own till and kiosk, served at an origin of their own.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

import { rules_at_any_hour } from '../../support/shop.mjs';
import { pages, root, serve } from './built.mjs';

const build = process.env.SIDEDISH_BUILD ?? path.join(root, 'build/dev');
const shops = path.join(root, 'sim/shops');
const names = { burgerbar: 'Burger bar', giftware: 'Giftware' };
const read = (shop, file) => JSON.parse(fs.readFileSync(path.join(shops, shop, file), 'utf8'));
export const catalogue = read('burgerbar', 'catalogue.json');
export const catalogue_of = (shop) => read(shop, 'catalogue.json');

/// Every rule of a shop as it is written, and each alone: it speaks when the fact "only" names it, at any hour and in any store.
export function rules_alone(shop) {
  const pack = read(shop, 'rules.json');
  Object.assign(pack.settings, { holdout_percent: 0, global_holdout_percent: 0, exploration_percent: 0 });
  /// Undefined: it asks for a time or a place.
  const anywhere = (condition) => {
    const [[word, body]] = Object.entries(condition);
    if (['daypart', 'weekday', 'dates', 'store', 'store_group'].includes(word)) return undefined;
    if (!['all', 'any', 'none'].includes(word)) return condition;
    const kept = body.map(anywhere);
    if (word !== 'all' && kept.includes(undefined)) return undefined;
    return { [word]: kept.filter(Boolean) };
  };
  for (const rule of pack.rules) {
    delete rule.holdout_percent;
    const when = rule.when && anywhere(rule.when);
    rule.when = { all: [...(when ? [when] : []), { fact: { name: 'only', is: [rule.id] } }] };
  }
  return pack;
}

export async function house({ shop = 'burgerbar', store = 'mitte', pack = rules_at_any_hour(shop) } = {}) {
  for (const program of ['sidedish-agent', 'sidedish-rules']) {
    if (!fs.existsSync(path.join(build, 'bin', program))) throw new Error(`${program} is not in ${build}/bin: build it first (tests/run --stage dev node)`);
  }
  const state = fs.mkdtempSync(path.join(os.tmpdir(), 'sidedish-house-'));
  const run = fs.mkdtempSync('/dev/shm/sidedish-house-');
  const file = (name) => path.join(state, name);
  fs.writeFileSync(file('rules.json'), JSON.stringify(pack));
  // A busy machine is not late: what is shown is asked here, not how fast.
  const own = path.join(shops, shop, 'agent.json');
  const told = fs.existsSync(own) ? read(shop, 'agent.json').pages : {};
  fs.writeFileSync(file('agent.json'), JSON.stringify({ pages: { ...told, late_ms: 10_000 } }));
  execFileSync(path.join(build, 'bin/sidedish-rules'), ['compile', file('rules.json'), path.join(shops, shop, 'catalogue.json'), '-o', file('image')]);

  pages('sim');      // built before anybody waits for them
  const said = { agent: '' };
  const demo = http.createServer((request, response) => {
    if (serve('sim', request, response, { policy: "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self' http://127.0.0.1:*; frame-src http://127.0.0.1:*" })) return;
    const { pathname } = new URL(request.url, 'http://x');
    const about = { id: shop, name: names[shop], agent: said.agent, store, currency: pack.currency, exponent: 2, catalogue: catalogue_of(shop) };
    if (pathname === '/shops') return void response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify([about]));
    if (pathname === `/shops/${shop}`) return void response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(about));
    response.writeHead(404).end();
  });
  demo.listen(0, '127.0.0.1');
  await once(demo, 'listening');
  const url = `http://127.0.0.1:${demo.address().port}`;

  let agent;
  async function start(port = 0) {
    fs.rmSync(file('port'), { force: true });
    agent = spawn(path.join(build, 'bin/sidedish-agent'), ['run', '--config', file('agent.json'), '--state-dir', file('state'), '--run-dir', path.join(run, 'run'), '--image', file('image'), '--store', store, '--terminal', 'till-1',
                                                           '--port', String(port), '--port-file', file('port'), '--allow-origin', url], { stdio: 'ignore' });
    for (let tries = 0; !fs.existsSync(file('port')) || !fs.readFileSync(file('port'), 'utf8').includes('\n'); ++tries) {
      if (tries > 6000 || agent.exitCode !== null) throw new Error('the agent did not start');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    said.agent = `http://127.0.0.1:${fs.readFileSync(file('port'), 'utf8').trim()}`;
  }
  async function kill() {
    const gone = once(agent, 'exit');
    agent.kill('SIGKILL');
    await gone;
  }
  await start();
  return {
    url, pack, kill, said,
    get agent() { return said.agent; },
    get token() { return fs.readFileSync(path.join(run, 'run/token'), 'utf8').trim(); },
    again: () => start(Number(new URL(said.agent).port)),
    async stop() {
      await kill();
      demo.close();
      demo.closeAllConnections();
      fs.rmSync(state, { recursive: true, force: true });
      fs.rmSync(run, { recursive: true, force: true });
    },
  };
}
