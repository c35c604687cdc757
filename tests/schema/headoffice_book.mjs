// The book's part of headoffice.test.mjs: drafts, checks, approval, publishing now and later, what is refused and why.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const json = { 'Content-Type': 'application/json' };
const packs = '/v1/packs/{pack}';
const rules = `${packs}/rules/{rule}`;

export function book({ call, command, example, ajv }) {
  const session = ({ response, value }) => ({ Cookie: response.headers.get('set-cookie').split(';')[0], 'Sidedish-CSRF': value.csrf });
  const join_as = async (id, role, ...words) => {
    const token = (await command('invite', '--role', role, ...words)).stdout.trim().split('#link=')[1];
    return session(await call('POST', '/v1/people', { body: JSON.stringify({ token, id, name: id, password: 'correct horse battery' }), headers: json, status: 201 }));
  };
  const ask = (who, method, path, { rule = 'burger-fries', body, status, headers = {}, query = '', pack = 'chain' } = {}) =>
    call(method, path, { target: path.replace('{pack}', pack).replace('{rule}', rule) + query, body: body === undefined ? undefined : JSON.stringify(body), headers: { ...(body === undefined ? {} : json), ...who, ...headers }, status });
  const put = (who, rule, headers, status = 200, query = '') => ask(who, 'PUT', `${rules}/draft`, { rule: rule.id, body: rule, headers, status, query });
  const step = (who, what, status = 200, rule = 'burger-fries', why = 'because') => ask(who, 'POST', `${rules}/${what}`, { rule, body: { why }, status });
  const one = async (who, rule = 'burger-fries') => (await ask(who, 'GET', rules, { rule })).value;
  const publish = (who, ids, status, more = {}) => ask(who, 'POST', `${packs}/publish`, { body: { rules: ids, why: 'lunch', ...more }, status });
  const outside = (change) => {
    const pack = example('/v1/publish', 'post');
    pack.rules.pack = { id: 'chain', version: (version += 1) };
    pack.rules.stores = [{ id: 'north', name: 'North', time_zone: 'Europe/Berlin' }, { id: 'south', name: 'South', time_zone: 'Europe/London' }];
    change?.(pack.rules);
    return call('POST', '/v1/publish', { body: JSON.stringify(pack), headers: json, status: 201 });
  };
  let version = 0;
  let edna, alan, vera, stan;
  let published;

  test('book: packs and rules are told as they are published, to whoever is signed in', async () => {
    [edna, alan, vera, stan] = [await join_as('book-edna', 'editor'), await join_as('book-alan', 'approver'), await join_as('book-vera', 'viewer'), await join_as('book-stan', 'store-manager', '--store', 'north')];
    const first = await outside();
    await call('GET', '/v1/packs', { status: 401 });
    assert.ok((await call('GET', '/v1/packs', { headers: vera })).value.packs.some(({ id, stores }) => id === 'chain' && stores.length === 2));
    assert.deepEqual((await ask(vera, 'GET', packs)).value.categories, [{ id: 'food', name: { en: 'Food' } }]);
    await ask(vera, 'GET', packs, { pack: 'nowhere', status: 404 });
    const { value } = await ask(vera, 'GET', `${packs}/rules`);
    assert.deepEqual(value.rules.map(({ id, state, version: v, draft, may_edit }) => [id, state, v, draft, may_edit]), [['burger-fries', 'running', first.value.version, null, false]]);
    published = value.rules[0].published;
    const told = await ask(vera, 'GET', rules);
    assert.equal(told.response.headers.get('etag'), told.value.published_etag);
    assert.deepEqual(told.value.history.map(({ what, who }) => [what, who]), [['added', 'command line']]);
    await ask(vera, 'GET', rules, { rule: 'nothing', status: 404 });
  });

  test('book: a draft is kept with what is wrong in it, by its tag, and goes again', async () => {
    const tag = (await one(edna)).published_etag;
    const typed = { ...published, offers: [{ product: 'sku:NOWHERE' }] };
    await put(edna, typed, {}, 428);
    await put(edna, typed, { 'If-None-Match': '*' }, 428); // a published rule has a tag of its own
    await put(edna, typed, { 'If-Match': `W/${tag}` }, 412);
    await put(vera, typed, { 'If-Match': tag }, 403);
    const kept = await put(edna, typed, { 'If-Match': tag });
    assert.deepEqual(kept.value.findings.map(({ pointer, severity }) => [pointer, severity]), [['/offers/0/product', 'error']]);
    assert.equal(kept.response.headers.get('etag'), kept.value.etag);
    const late = await put(alan, { ...published, priority: 60 }, { 'If-Match': tag }, 412);
    assert.deepEqual(late.value.theirs, typed);
    assert.deepEqual([late.value.by, late.value.etag], ['book-edna', kept.value.etag]);
    assert.deepEqual((await one(edna)).draft.rule, typed);
    await put(edna, { ...typed, id: 'other' }, { 'If-Match': kept.value.etag }, 412);
    await ask(edna, 'PUT', `${rules}/draft`, { body: { ...typed, id: 'other' }, headers: { 'If-Match': kept.value.etag }, status: 422 });
    await ask(edna, 'PUT', `${rules}/draft`, { body: [], headers: { 'If-Match': kept.value.etag }, status: 422 });
    await put(edna, { ...typed, name: 'x'.repeat(65 * 1024) }, { 'If-Match': kept.value.etag }, 413);
    await call('PUT', `${rules}/draft`, { target: '/v1/packs/chain/rules/burger-fries/draft', body: '{}', headers: edna, status: 415 });
    await ask(edna, 'DELETE', `${rules}/draft`, { status: 428 });
    await ask(edna, 'DELETE', `${rules}/draft`, { headers: { 'If-Match': tag }, status: 412 });
    await ask(edna, 'DELETE', `${rules}/draft`, { headers: { 'If-Match': kept.value.etag }, status: 204 });
    await ask(edna, 'DELETE', `${rules}/draft`, { headers: { 'If-Match': kept.value.etag }, status: 404 });
    assert.deepEqual((await one(edna)).published, published);
  });

  test('book: what is wrong is told at the place, with a code, and kept from going further', async () => {
    const check = (rule, status = 200) => ask(vera, 'POST', `${packs}/check`, { body: { rule }, status });
    const errors = async (change) => (await check({ ...published, ...change })).value.findings.filter(({ severity }) => severity === 'error');
    assert.deepEqual(await errors({}), []);
    for (const [change, pointer, code] of [
      [{ offers: [] }, '/offers', 'too-few'],
      [{ offers: [{ product: 'sku:NOWHERE' }] }, '/offers/0/product', 'not-in-catalogue'],
      [{ offers: [{ product: 'sku:BURGER' }] }, '/offers/0/product', 'offer-is-trigger'],
      [{ text: { en: { headline: 'x'.repeat(31) } } }, '/text/en/headline', 'too-long'],
      [{ text: { en: { headline: '<img onerror=x>' } } }, '/text/en/headline', 'not-plain'],
      [{ name: '<script>' }, '/name', 'not-plain'],
      [{ when: { all: [{ has: { items: ['sku:BURGER'] } }, { dates: { from: '2026-12-24', to: '2026-12-01' } }] } }, '/when/all/1/dates', 'ends-before-start'],
      [{ when: { all: [{ has: { items: ['sku:BURGER'] } }, { store: ['nowhere'] }] } }, '/when/all/1/store/0', 'no-such-store'],
      [{ colour: 'red' }, '/colour', 'unknown-member'],
      [{ priority: 101 }, '/priority', 'out-of-range'],
    ]) {
      assert.deepEqual((await errors(change)).map((found) => [found.pointer, found.code]).slice(0, 1), [[pointer, code]], JSON.stringify(change));
    }
    const bundle = { id: 'meal', name: 'Meal', kind: 'bundle', bundle: { slots: [{ id: 'a', choose: { items: ['sku:BURGER'] } }, { id: 'b', choose: { items: ['sku:FRIES'] } }], price: '2.00', times: 1, missing: 1 }, text: { en: { headline: 'Make it a meal?' } }, extra_adds_per_1000: 80 };
    assert.deepEqual((await check(bundle)).value.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code), ['below-cost']);
    assert.ok((await check({ ...published, holdout_percent: 0 })).value.findings.some(({ code, severity, pointer }) => code === 'no-holdout' && severity === 'warning' && pointer === '/holdout_percent'));
    await check('text', 422);
    await call('POST', `${packs}/check`, { target: '/v1/packs/chain/check', body: '{}', headers: edna, status: 415 });

    await put(edna, { ...published, offers: [] }, { 'If-Match': (await one(edna)).published_etag });
    const refused = await step(edna, 'submit', 422);
    assert.equal(refused.value.errors[0].pointer, '/offers');
    assert.equal(refused.value.errors[0].code, 'too-few');
    assert.equal((await one(edna)).draft.state, 'draft');
    await ask(edna, 'DELETE', `${rules}/draft`, { headers: { 'If-Match': (await one(edna)).draft.etag }, status: 204 });
  });

  test('book: a rule is previewed with the prompt that a till would show, or the reason why not', async () => {
    const preview = (body, status) => ask(vera, 'POST', `${packs}/preview`, { body: { rule: published, ...body }, status });
    const made = (await preview({})).value;
    assert.deepEqual([made.why, made.basket.made_up, made.basket.lines.map(({ product }) => product)], [null, true, ['sku:BURGER']]);
    const [prompt] = made.prompts;
    const loopback = JSON.parse(readFileSync(new URL('../../plugin/loopback/schema/agent-prompt.schema.json', import.meta.url), 'utf8'));
    ajv.validate(loopback, prompt) || assert.fail(JSON.stringify(ajv.errors));
    assert.deepEqual([prompt.headline, prompt.product, prompt.price_effect, prompt.why.trigger], ['Fries with that?', 'sku:FRIES', 290, 'sku:BURGER']);
    const both = { lines: [{ product: 'sku:BURGER', quantity: '1' }, { product: 'sku:FRIES' }] };
    const not = (await preview({ basket: both, channel: 'kiosk', moment: 'checkout', language: 'en', store: 'south', at: '2026-12-01T12:00:00Z' })).value;
    assert.deepEqual([not.prompts, not.why], [[], { fate: 'guard', detail: 'stopped: it is in the basket already', of: '1' }]);
    const wrong = (await preview({ rule: { ...published, offers: [] } })).value;
    assert.deepEqual([wrong.basket, wrong.prompts, wrong.findings[0].pointer], [null, [], '/offers']);
    assert.equal((await preview({ basket: { lines: [{ product: 'sku:NOWHERE' }] } }, 422)).value.errors[0].pointer, '/basket/lines/0/product');
    for (const bad of [{ channel: 'radio' }, { moment: 'later' }, { basket: 7 }, { basket: { lines: [{ product: 'sku:BURGER', quantity: '-1' }] } }, { store: 'nowhere' }, { at: 'noon' }, { colour: 'red' }]) await preview(bad, 422);
  });

  test('book: a change needs a second person, and what was approved goes out as the next version', async () => {
    const tag = (await one(edna)).published_etag;
    await put(edna, { ...published, priority: 61 }, { 'If-Match': tag });
    await step(edna, 'approve', 403);
    await step(alan, 'approve', 409);
    await step(edna, 'submit', 422, undefined, '');
    await step(edna, 'submit');
    await step(edna, 'submit', 409);
    await publish(edna, ['burger-fries'], 403);
    await publish(alan, ['burger-fries'], 409);
    await step(alan, 'return');
    const again = await put(alan, { ...published, priority: 62 }, { 'If-Match': (await one(alan)).draft.etag });
    await step(edna, 'submit');
    await step(alan, 'approve', 403); // he wrote at it, too
    const admin = await join_as('book-ada', 'admin');
    assert.equal((await one(alan)).may_approve, false);
    assert.equal((await one(admin)).may_approve, true);
    await ask(admin, 'POST', `${rules}/approve`, { body: { why: 'good' }, headers: { 'If-Match': tag }, status: 412 });
    await ask(admin, 'POST', `${rules}/approve`, { body: { why: 'good' }, headers: { 'If-Match': again.value.etag } });
    await publish(alan, [], 422);
    await publish(alan, ['burger-fries', 'nothing'], 409);
    const manifest = (await call('GET', '/v1/stores/{store}/manifest', { target: '/v1/stores/south/manifest' })).response.headers.get('etag');
    const waiting = call('GET', '/v1/stores/{store}/manifest', { target: '/v1/stores/south/manifest', headers: { 'If-None-Match': manifest, Prefer: 'wait=50' } });
    const done = (await publish(alan, ['burger-fries'], 201)).value;
    assert.deepEqual([done.stores, done.rules], [['north', 'south'], [{ id: 'burger-fries', what: 'changed' }]]);
    assert.equal((await waiting).value.version, done.version);
    version = done.pack_version;
    const now = await one(vera);
    assert.deepEqual([now.draft, now.version, now.published], [null, done.version, { ...published, priority: 62 }]);
    assert.deepEqual(now.history.map(({ who, what, why }) => [who, what, why]), [['book-alan', 'changed', 'lunch'], ['command line', 'added', '']]);
    const log = (await call('GET', '/v1/changes', { target: '/v1/changes?subject=chain/burger-fries', headers: vera })).value.changes;
    assert.deepEqual(log.slice(0, 3).map(({ what, who }) => [what, who]), [['rule.published', 'book-alan'], ['rule.approved', 'book-ada'], ['rule.submitted', 'book-edna']]);
    assert.deepEqual([log[0].before.priority, log[0].after.priority], [50, 62]);
    published = now.published;
  });

  test('book: a published rule that changed meanwhile is a conflict, and nothing is overwritten', async () => {
    const base = await one(edna);
    await put(edna, { ...published, priority: 70 }, { 'If-Match': base.published_etag });
    await step(edna, 'submit');
    await step(alan, 'approve');
    await outside((pack) => { pack.rules[0].priority = 40; });
    assert.equal((await one(edna)).draft.stale, true);
    const refused = await publish(alan, ['burger-fries'], 409);
    assert.match(refused.value.type, /publish-conflict$/);
    const [conflict] = refused.value.conflicts;
    assert.deepEqual([conflict.published.priority, conflict.base.priority, conflict.yours.priority], [40, 62, 70]);
    const now = await one(edna);
    assert.equal(now.published.priority, 40);
    const mine = { ...published, priority: 55 };
    await put(edna, mine, { 'If-Match': now.draft.etag }, 412, `?base=${encodeURIComponent(base.published_etag)}`);
    const merged = await put(edna, mine, { 'If-Match': now.draft.etag }, 200, `?base=${encodeURIComponent(now.published_etag)}`);
    assert.equal(merged.value.stale, false);
    await step(edna, 'submit');
    await step(alan, 'approve');
    version = (await publish(alan, ['burger-fries'], 201)).value.pack_version;
    published = (await one(edna)).published;
    assert.equal(published.priority, 55);
  });

  test('book: a store manager drafts for own stores alone', async () => {
    const own = { ...published, id: 'north-fries', when: { all: [published.when, { store: ['north'] }] } };
    await put(stan, { ...own, when: published.when }, { 'If-None-Match': '*' }, 403);
    await put(stan, { ...own, when: { all: [published.when, { store: ['north', 'south'] }] } }, { 'If-None-Match': '*' }, 403);
    const refused = await put(stan, { ...published, when: own.when }, { 'If-Match': (await one(stan)).published_etag }, 403);
    assert.equal(refused.value.errors[0].code, 'other-stores');
    const kept = await put(stan, own, { 'If-None-Match': '*' });
    assert.equal((await put(stan, own, { 'If-None-Match': '*' })).value.etag, kept.value.etag); // the answer may have been lost
    await put(edna, own, { 'If-None-Match': '*' }, 412);
    await put(stan, { ...own, when: published.when }, { 'If-Match': kept.value.etag }, 403);
    await step(stan, 'submit', 200, 'north-fries');
    await publish(stan, ['north-fries'], 403);
    await step(alan, 'approve', 200, 'north-fries');
    version = (await publish(alan, ['north-fries'], 201)).value.pack_version;
    assert.equal((await one(stan, 'north-fries')).may_edit, true);
    assert.equal((await one(stan)).may_edit, false);
  });

  test('book: a rule is archived the same way, several go together, a time to come is kept', async () => {
    await ask(stan, 'POST', `${rules}/archive`, { body: { why: 'over' }, status: 403 });
    await ask(edna, 'POST', `${rules}/archive`, { rule: 'nothing', body: { why: 'over' }, status: 404 });
    await ask(edna, 'POST', `${rules}/archive`, { rule: 'north-fries', body: { why: 'over' } });
    await ask(edna, 'POST', `${rules}/archive`, { rule: 'north-fries', body: { why: 'over' }, status: 409 });
    await put(edna, { ...published, priority: 56 }, { 'If-Match': (await one(edna)).published_etag });
    for (const rule of ['north-fries', 'burger-fries']) {
      await step(edna, 'submit', 200, rule);
      await step(alan, 'approve', 200, rule);
    }
    for (const at of ['2001-01-01T06:00', '2099-01-01T06:00', 'tomorrow', '2026-13-01T06:00']) await publish(alan, ['north-fries'], 422, { at });
    const year = new Date(Date.now() + 86_400_000 * 30).getUTCFullYear();
    const day = new Date(Date.now() + 86_400_000 * 30).toISOString().slice(0, 10);
    const rollout = { waves: [{ percent: 10 }, 'all'], advance: 'by-report', wait_minutes: 45 };
    const planned = (await publish(alan, ['burger-fries', 'north-fries'], 202, { at: `${day}T06:00`, rollout })).value;
    assert.deepEqual((await one(edna)).draft.rollout, rollout);
    assert.ok(planned.due_at.startsWith(String(year)));
    assert.deepEqual([(await one(edna)).draft.state, (await one(edna)).draft.publish_at], ['scheduled', `${day}T06:00`]);
    await put(edna, { ...published, priority: 57 }, { 'If-Match': (await one(edna)).draft.etag }, 409);
    await step(alan, 'return', 200, 'burger-fries');
    await step(alan, 'return', 200, 'north-fries');
    for (const rule of ['north-fries', 'burger-fries']) {
      await step(edna, 'submit', 200, rule);
      await step(alan, 'approve', 200, rule);
    }
    const done = (await publish(alan, ['burger-fries', 'north-fries'], 201)).value;
    assert.deepEqual(done.rules, [{ id: 'burger-fries', what: 'changed' }, { id: 'north-fries', what: 'removed' }]);
    const gone = await one(edna, 'north-fries');
    assert.deepEqual([gone.state, gone.published, gone.archived.id], ['archived', null, 'north-fries']);
    assert.equal((await call('GET', '/v1/changes/check', { headers: vera })).value.whole, true);
  });

  test('book: what a rule was is told of every version that it was in, and taken back as a draft with a reason', async () => {
    const then = (who, of, status = 200, rule = 'burger-fries') => call('GET', `${rules}/versions/{version}`, { target: `/v1/packs/chain/rules/${rule}/versions/${of}`, headers: who, status });
    const take_back = (who, body, headers, status = 200, rule = 'burger-fries') => ask(who, 'POST', `${rules}/take-back`, { rule, body, headers, status });
    const { history, published_etag: tag } = await one(vera);
    const oldest = history.at(-1).version;
    const was = await then(vera, oldest);
    assert.deepEqual([was.value.version, was.value.rule.priority], [oldest, 50]);
    assert.notEqual(was.response.headers.get('etag'), tag);
    await then({}, oldest, 401);
    for (const bad of ['0', '99999', 'last', '-1']) await then(vera, bad, 404);
    const [gone, before] = (await one(vera, 'north-fries')).history;
    assert.equal(gone.what, 'removed');
    await then(vera, gone.version, 404, 'north-fries');
    const body = { version: oldest, why: 'it sold more' };
    await take_back(edna, body, {}, 428);
    await take_back(vera, body, { 'If-Match': tag }, 403);
    await take_back(edna, { version: oldest }, { 'If-Match': tag }, 422);
    await take_back(edna, { ...body, version: 0 }, { 'If-Match': tag }, 422);
    await take_back(edna, { ...body, version: 99_999 }, { 'If-Match': tag }, 404);
    await take_back(edna, body, { 'If-Match': was.response.headers.get('etag') }, 412);
    const kept = await take_back(edna, body, { 'If-Match': tag });
    assert.equal(kept.response.headers.get('etag'), kept.value.etag);
    const { draft } = await one(edna);
    assert.deepEqual([draft.rule, draft.why, draft.state], [was.value.rule, 'it sold more', 'draft']);
    // What was taken out comes back the same way.
    await take_back(edna, { version: before.version, why: 'missed' }, { 'If-None-Match': '*' }, 200, 'north-fries');
    assert.equal((await one(edna, 'north-fries')).draft.rule.id, 'north-fries');
    for (const rule of ['burger-fries', 'north-fries']) await ask(edna, 'DELETE', `${rules}/draft`, { rule, headers: { 'If-Match': (await one(edna, rule)).draft.etag }, status: 204 });
  });

  test('book: drafts go out in waves as a program\'s do; waves that cannot be are refused, and nothing goes out', async () => {
    await call('PUT', '/v1/stores/{store}/terminals/{terminal}', { target: '/v1/stores/north/terminals/b1', body: '{}', headers: json, status: 201 });
    await call('PUT', '/v1/stores/{store}/terminals/{terminal}', { target: '/v1/stores/north/terminals/b2', body: '{}', headers: json, status: 201 });
    const told = async (id) => (await call('GET', '/v1/stores/{store}/manifest', { target: `/v1/stores/north/manifest?terminal=${id}` })).value.version;
    const before = await told('b2');
    await put(edna, { ...published, priority: 58 }, { 'If-Match': (await one(edna)).published_etag });
    await step(edna, 'submit');
    await step(alan, 'approve');
    const waves = [{ terminals: ['north/b1'] }, 'all'];
    for (const [rollout, pointer] of [[{ waves: [{ terminals: ['north/b1', 'north/b9'] }, 'all'] }, '/rollout/waves/0/terminals/1'], [{ waves: ['all', { percent: 5 }] }, '/rollout/waves'], [{ waves, who: 'Ana' }, '/rollout/who'], [{}, '/rollout/waves'], [7, '/rollout']]) {
      const refused = await publish(alan, ['burger-fries'], 422, { rollout });
      assert.deepEqual(refused.value.errors.map((error) => error.pointer), [pointer], JSON.stringify(rollout));
    }
    assert.equal((await one(edna)).draft.state, 'approved');
    assert.equal(await told('b1'), before);
    const { version: out } = (await publish(alan, ['burger-fries'], 201, { rollout: { waves, advance: 'by-command', wait_minutes: 30 } })).value;
    assert.deepEqual([await told('b1'), await told('b2')], [out, before]);
    const [row] = (await ask(vera, 'GET', `${packs}/versions`)).value.versions;
    assert.deepEqual([row.version, row.who, row.why, row.wave.state, row.wave.waves], [out, 'book-alan', 'lunch', 'running', waves]);
    await call('POST', '/v1/waves/{version}', { target: `/v1/waves/${out}`, body: '{"order":"advance","why":"all is well"}', headers: { ...json, ...alan } });
    assert.equal(await told('b2'), out);
  });

  test('book: stores and settings go the way of a rule, in one publication with it', async () => {
    const frame = `${packs}/frame`;
    const read = async (who) => (await ask(who, 'GET', frame)).value;
    const keep = (who, body, headers, status = 200, query = '') => ask(who, 'PUT', `${frame}/draft`, { body, headers, status, query });
    const go = (who, what, status = 200) => ask(who, 'POST', `${frame}/${what}`, { body: { why: 'because' }, status });
    await ask(vera, 'GET', frame, { pack: 'nowhere', status: 404 });
    const first = await ask(vera, 'GET', frame);
    const { published: was, published_etag: tag } = first.value;
    assert.equal(first.response.headers.get('etag'), tag);
    assert.deepEqual([first.value.may_edit, first.value.draft, was.stores.map(({ id }) => id)], [false, null, ['north', 'south']]);
    const own = await read(stan);
    assert.deepEqual([own.published.stores.map(({ id }) => id), own.may_edit], [['north'], false]);
    const next = { ...was, stores: [...was.stores, { id: 'west', name: 'West', time_zone: 'Europe/Lisbon', groups: ['sea'] }], settings: { ...was.settings, objective: 'revenue' } };
    await keep(edna, next, {}, 428);
    await keep(vera, next, { 'If-Match': tag }, 403);
    await keep(stan, next, { 'If-Match': tag }, 403);
    await call('PUT', `${frame}/draft`, { target: '/v1/packs/chain/frame/draft', body: '{}', headers: edna, status: 415 });
    await keep(edna, { ...next, pack: { id: 'chain', note: 'x'.repeat(600 * 1024) } }, { 'If-Match': tag }, 413);
    await keep(edna, [], { 'If-Match': tag }, 422);
    const wrong = await keep(edna, { ...next, stores: [{ ...next.stores[2], time_zone: 'Europe/Atlantis' }] }, { 'If-Match': tag });
    assert.deepEqual(wrong.value.findings.filter(({ severity }) => severity === 'error').map(({ pointer, code, rule }) => [rule, pointer, code]),
      [[undefined, '/stores', 'store-has-tills'], [undefined, '/stores/0/time_zone', 'no-such-zone']].filter(([, , code]) => wrong.value.findings.some((one) => one.code === code)));
    assert.equal((await go(edna, 'submit', 422)).value.errors.at(-1).code, 'no-such-zone');
    const late = await keep(alan, next, { 'If-Match': tag }, 412);
    assert.equal(late.value.theirs.stores[0].time_zone, 'Europe/Atlantis');
    await ask(edna, 'DELETE', `${frame}/draft`, { status: 428 });
    await ask(edna, 'DELETE', `${frame}/draft`, { headers: { 'If-Match': tag }, status: 412 });
    await ask(edna, 'DELETE', `${frame}/draft`, { headers: { 'If-Match': wrong.response.headers.get('etag') }, status: 204 });
    const kept = await keep(edna, next, { 'If-Match': tag });
    assert.equal(kept.response.headers.get('etag'), kept.value.etag);
    await go(edna, 'submit');
    await go(edna, 'approve', 403);
    await go(alan, 'return');
    await go(edna, 'submit');
    await go(alan, 'approve');
    // Its name within head office names no rule outside.
    await ask(edna, 'GET', rules, { rule: '@frame', status: 404 });
    await put(edna, { ...next, id: '@frame' }, { 'If-Match': '*' }, 422);
    await publish(alan, ['@frame'], 422);
    await publish(alan, [], 422, { frame: 'yes' });
    await publish(edna, [], 403, { frame: true });
    const day = new Date(Date.now() + 86_400_000 * 30).toISOString().slice(0, 10);
    assert.equal((await publish(alan, [], 202, { frame: true, at: `${day}T06:00` })).value.frame, true);
    assert.equal((await read(vera)).draft.publish_at, `${day}T06:00`);
    await go(edna, 'return');
    await go(edna, 'submit');
    await go(alan, 'approve');
    const done = (await publish(alan, [], 201, { frame: true })).value;
    assert.deepEqual([done.frame, done.rules, done.stores], [true, [], ['north', 'south', 'west']]);
    const now = await read(vera);
    assert.deepEqual([now.published.settings.objective, now.draft, now.version, now.history[0].who], ['revenue', null, done.version, 'book-alan']);
    const [row] = (await ask(vera, 'GET', `${packs}/versions`)).value.versions;
    assert.deepEqual([row.frame_changed, row.rules_changed], [true, []]);
    const log = (await call('GET', '/v1/changes', { target: '/v1/changes?limit=2', headers: vera })).value.changes;
    assert.deepEqual(log.map(({ what, subject, who }) => [what, subject, who]), [['store.added', 'stores/west', 'book-alan'], ['pack.published', 'chain', 'book-alan']]);
    assert.deepEqual([log[1].before['settings/objective'], log[1].after['settings/objective'], log[1].after['stores/west/groups']], ['margin', 'revenue', ['sea']]);
    // Back to the version before: the document goes back whole.
    await ask(alan, 'POST', `${packs}/rollback`, { body: { version: done.version - 1, why: 'too soon' }, status: 201 });
    assert.deepEqual((await read(vera)).published, was);
  });
}
