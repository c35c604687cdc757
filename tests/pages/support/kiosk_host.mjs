// A kiosk as small as can be, at an origin of its own: a button that leads to payment, and the panel in a frame over it.
import { once } from 'node:events';
import http from 'node:http';

const page = (agent, pictures) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Kiosk</title>
<style>body{margin:0}#panel{position:fixed;inset:0;visibility:hidden}#panel.shown{visibility:visible}#done{display:none}.paid #done{display:block}</style>
<button id="pay">Pay</button><h1 id="done">Payment</h1><div id="panel"></div>
<script src="${agent}/assets/adapter.js"></script>
<script>
const pictures = ${JSON.stringify(pictures)};
window.calls = []; window.fail = false; window.slow_picture = 0; window.states = []; window.activity = 0;
const note = (...call) => { calls.push(call); if (fail) throw new Error('no'); };
window.dock = sidedish.dock(document.getElementById('panel'), {
  agent: '${agent}', lane: '1', page: 'kiosk', language: new URLSearchParams(location.search).get('lang') ?? undefined,
  add: (prompt) => note('add', prompt.id), undo: (prompt) => note('undo', prompt.id), quantity: (prompt, count) => note('quantity', prompt.id, count),
  describe: async (product, language) => { if (slow_picture) await new Promise((resolve) => setTimeout(resolve, slow_picture));
    const [name, svg] = pictures[product] ?? []; return name ? { name: typeof name === 'string' ? name : name[language], picture: svg && new Blob([svg], { type: 'image/svg+xml' }) } : {}; },
  pay: () => { calls.push(['pay']); window.paid_at = performance.now(); document.body.className = 'paid'; document.getElementById('panel').classList.remove('shown'); },
  speaks: (tag) => calls.push(['language', tag]), reset: () => calls.push(['reset']), active: () => { activity += 1; },
  panel: (shown, moment) => { calls.push(['panel', shown, moment]); document.getElementById('panel').classList.toggle('shown', shown); if (shown) dock.frame.focus(); },
  state: (ready, why) => states.push([ready, why ?? '']),
});
document.getElementById('pay').addEventListener('click', () => { window.pressed_at = performance.now(); dock.show('checkout'); });
</script></html>`;

export async function kiosk(agent, pictures) {
  const server = http.createServer((request, response) => {
    if (new URL(request.url, 'http://x').pathname !== '/') return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page(agent.url, pictures));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => { server.close(); server.closeAllConnections(); } };
}
