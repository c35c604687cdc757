// A web POS as small as can be, at an origin of its own or at the agent's: a scan field that keeps the focus, a basket, a
// total, and the strip in a frame below.
import { once } from 'node:events';
import http from 'node:http';

const page = (agent) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Till</title>
<style>body{margin:0;font:16px sans-serif;display:grid;grid-template-rows:auto 1fr auto 96px;height:100vh}ul{margin:0;overflow:auto}#total{padding:8px}</style>
<input id="scan" autofocus autocomplete="off" aria-label="Scan"><ul id="basket" aria-label="Basket"></ul><div id="total">0</div><div id="strip"></div>
<script src="${agent}/assets/adapter.js"></script>
<script>
const scan = document.getElementById('scan'), basket = document.getElementById('basket'), total = document.getElementById('total');
window.lines = []; window.adds = []; window.undos = []; window.codes = []; window.keys = 0; window.painted = [];
window.report = false; window.fail_add = false; window.slow_add = 0; window.states = [];
const draw = () => { basket.replaceChildren(...lines.map((line) => Object.assign(document.createElement('li'), { textContent: line.product + ' ' + line.price })));
  total.textContent = String(lines.reduce((sum, line) => sum + line.price, 0)); };
scan.addEventListener('keydown', (event) => { keys += 1; if (event.key === 'Enter' || event.key === 'Tab') { event.preventDefault(); if (scan.value) { codes.push(scan.value); lines.push({ product: scan.value, price: 1000 }); scan.value = ''; draw();
  dock.changed(); if (report) fetch('${agent}/test/scan/' + codes.length + '?at=' + (performance.timeOrigin + performance.now()), { mode: 'no-cors' }); } } });
window.dock = sidedish.dock(document.getElementById('strip'), {
  agent: '${agent}', lane: '1', language: new URLSearchParams(location.search).get('lang') ?? undefined,
  add: async (prompt) => { adds.push(prompt.id); if (slow_add) await new Promise((resolve) => setTimeout(resolve, slow_add)); if (fail_add) throw new Error('no'); lines.push({ product: prompt.product, price: prompt.price_effect, prompt: prompt.id }); draw(); },
  undo: async (prompt) => { undos.push(prompt.id); const at = lines.findIndex((line) => line.prompt === prompt.id); if (at < 0) throw new Error('gone'); lines.splice(at, 1); draw(); },
  state: (ready, why) => states.push([ready, why ?? '']),
});
draw();
</script></html>`;

/// With an agent that serves it itself (same origin) or a server of its own. `scanned(n)` is called after the nth scan.
export async function pos(agent) {
  const server = http.createServer((request, response) => {
    if (new URL(request.url, 'http://x').pathname !== '/') return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page(agent.url));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => { server.close(); server.closeAllConnections(); } };
}
/// The same till at the agent's own origin.
export const pos_page = (agent) => page(agent.url);
