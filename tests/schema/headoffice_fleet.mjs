// The part of headoffice.test.mjs about terminals and versions: what terminals say of themselves, who sees it, pausing, histories,
// going back, and who may.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const json = { 'Content-Type': 'application/json' };

export function fleet({ call, command, example }) {
  const people = {};
  const post = (path, params, body, status, headers) => {
    const target = path.replace(/\{(\w+)\}/g, (_, name) => params[name]);
    return call('POST', path, { target, body: JSON.stringify(body), headers: { ...json, ...headers }, status });
  };
  const join_as = async (id, ...words) => {
    const token = (await command('invite', ...words)).stdout.trim().split('#link=')[1];
    const { response, value } = await post('/v1/people', {}, { token, id, name: id, password: 'correct horse battery' }, 201);
    people[id] = { Cookie: response.headers.get('set-cookie').split(';')[0], 'Sidedish-CSRF': value.csrf };
  };
  const seen = async (headers) => (await call('GET', '/v1/fleet', { headers })).value;
  const terminal = async (id, headers = people.ed) => (await seen(headers)).stores.find((store) => store.id === 'mitte').terminals.find((one) => one.id === id);
  const put = (body, status, { store = 'mitte', id = 'f1', headers = json } = {}) =>
    call('PUT', '/v1/stores/{store}/terminals/{terminal}/health', { target: `/v1/stores/${store}/terminals/${id}/health`, body: JSON.stringify(body), headers, status });

  test('fleet: what a terminal says of itself is what people see, each the stores that are theirs', async () => {
    await call('PUT', '/v1/stores/{store}', { target: '/v1/stores/sued', body: JSON.stringify({ name: 'Süd', time_zone: 'Europe/Berlin' }), headers: json, status: 201 });
    for (const [store, id] of [['mitte', 'f1'], ['mitte', 'f2'], ['sued', 's1']]) {
      await call('PUT', '/v1/stores/{store}/terminals/{terminal}', { target: `/v1/stores/${store}/terminals/${id}`, body: '{}', headers: json, status: 201 });
    }
    await join_as('ed', '--role', 'editor');
    const log = (await call('GET', '/v1/changes', { target: '/v1/changes?subject=stores/sued', headers: people.ed })).value.changes;
    assert.deepEqual(log.map(({ who, what, before, after }) => [who, what, before, after]), [['command line', 'terminal.added', null, {}], ['command line', 'store.added', null, { name: 'Süd', time_zone: 'Europe/Berlin' }]]);
    await join_as('app', '--role', 'approver');
    await join_as('vi', '--role', 'viewer');
    await join_as('sue', '--role', 'store-manager', '--store', 'sued');
    await join_as('mit', '--role', 'store-manager', '--store', 'mitte');
    assert.deepEqual(await terminal('f1'), { id: 'f1', state: 'never', told: (await terminal('f1')).told, rollouts: [] });
    const health = example('/v1/stores/{store}/terminals/{terminal}/health', 'put');
    await put({ ...health, time: new Date(Date.now() + 600_000).toISOString() }, 204);
    const f1 = await terminal('f1');
    assert.equal(f1.state, 'alarm');
    assert.ok(Math.abs(f1.report.clock_ms - 600_000) < 30_000, `${f1.report.clock_ms}`);
    assert.deepEqual([f1.report.outbox, f1.report.pictures, f1.report.lanes, f1.report.alarms, f1.report.agent], [health.outbox, health.pictures, 2, health.alarms, '0.1.0']);
    assert.equal(f1.last_seen, f1.report.at);
    const wrong = await put({ ...health, lanes: -1, alarms: [{ code: 'No', detail: '' }] }, 422);
    assert.deepEqual(wrong.value.errors.map(({ pointer }) => pointer), ['/lanes', '/alarms/0/code']);
    await put(health, 404, { id: 'nobody' });
    await put(health, 404, { store: 'nowhere' });
    await put(health, 415, { headers: {} });
    await put(health, 403, { headers: { ...json, Origin: 'http://127.0.0.1:1' } });
    await call('GET', '/v1/fleet', { status: 401 });
    assert.deepEqual((await seen(people.sue)).stores.map(({ id }) => id), ['sued']);
    assert.deepEqual((await seen(people.mit)).stores.map(({ id }) => id), ['mitte']);
    assert.ok((await seen(people.vi)).stores.length > 2);
  });

  test('fleet: a rule is paused and resumed by those who may, where they may, with a reason', async () => {
    const path = '/v1/packs/{pack}/rules/{rule}/pause';
    const { rules: [rule] } = (await call('GET', '/v1/rules', { headers: people.ed })).value;
    const at = { pack: 'corner', rule: rule.id };
    const pause = (who, body, status = 200, params = at) => post(path, params, body, status, people[who]);
    await post(path, at, { why: 'x' }, 401);
    await pause('vi', { why: 'x' }, 403);
    await pause('ed', {}, 422);
    await pause('ed', { why: '' }, 422);
    await pause('ed', { why: 'x', stores: [] }, 422);
    await pause('ed', { why: 'x' }, 404, { ...at, rule: 'no-such-rule' });
    await pause('ed', { why: 'x' }, 404, { ...at, pack: 'no-such-pack' });
    await pause('sue', { why: 'x' }, 403);
    await pause('sue', { why: 'x', stores: ['mitte'] }, 403);
    await pause('mit', { why: 'x', stores: ['mitte', 'sued'] }, 403);
    const { value } = await pause('mit', { why: 'the fryer is broken' });
    assert.deepEqual(value.stores.map(({ store, changes }) => [store, changes]), [['mitte', 1]]);
    assert.equal((await pause('mit', { why: 'again' })).value.stores[0].changes, 0);
    const { changes } = (await call('GET', '/v1/changes', { target: '/v1/changes?limit=1', headers: people.ed })).value;
    assert.deepEqual(changes.map(({ who, what, subject, store, why }) => [who, what, subject, store, why]), [['mit', 'rule.paused', `corner/${rule.id}`, 'mitte', 'the fryer is broken']]);
    const resumed = await post('/v1/packs/{pack}/rules/{rule}/resume', at, { why: 'mended', stores: ['mitte'] }, 200, people.ed);
    assert.equal(resumed.value.stores[0].changes, 1);
  });

  test('fleet: versions say who and why, an approver goes back with a reason, an editor orders waves', async () => {
    const versions = async () => (await call('GET', '/v1/packs/{pack}/versions', { target: '/v1/packs/corner/versions', headers: people.vi })).value.versions;
    await call('GET', '/v1/packs/{pack}/versions', { target: '/v1/packs/nothing/versions', headers: people.vi, status: 404 });
    await call('GET', '/v1/packs/{pack}/versions', { target: '/v1/packs/corner/versions', status: 401 });
    const before = await versions();
    const [newest] = before;
    const old = before.at(-1);
    const back = (who, body, status) => post('/v1/packs/{pack}/rollback', { pack: 'corner' }, body, status, people[who]);
    await back('ed', { version: old.version, why: 'x' }, 403);
    await back('app', { version: old.version }, 422);
    await back('app', { version: 4711, why: 'x' }, 404);
    const done = (await back('app', { version: old.version, why: 'it confuses' }, 201)).value;
    const [now] = await versions();
    assert.deepEqual([now.version, now.who, now.why, now.wave.state], [done.version, 'app', 'it confuses', 'done']);
    assert.deepEqual(old.rules_changed.map(({ what }) => what), old.rules_changed.map(() => 'added'));
    assert.ok(old.rules_changed.length > 0 && Array.isArray(now.rules_changed));
    const [row] = (await call('GET', '/v1/changes', { target: '/v1/changes?limit=1', headers: people.ed })).value.changes;
    assert.deepEqual([row.who, row.what, row.subject, row.before, row.after], ['app', 'publication.rolled-back', 'corner', { version: newest.version }, { version: done.version, again: old.version, waves: ['all'] }]);

    const pack = example('/v1/publish', 'post');
    pack.rollout = { waves: [{ terminals: ['mitte/f1'] }, 'all'], advance: 'by-command', who: 'Ana', why: 'a new meal' };
    pack.rules.pack.version = 4000;
    const { version } = (await call('POST', '/v1/publish', { body: JSON.stringify(pack), headers: json, status: 201 })).value;
    const order = (who, body, status = 200) => post('/v1/waves/{version}', { version }, body, status, people[who]);
    await order('mit', { order: 'halt', why: 'x' }, 403);
    await order('ed', { order: 'halt' }, 422);
    await order('ed', { order: 'halt', why: 'lunch' });
    const { rollouts } = await seen(people.mit);
    assert.deepEqual(rollouts.map((one) => [one.version, one.state, one.why]), [[version, 'halted', 'lunch']]);
    assert.deepEqual((await seen(people.sue)).rollouts, []);
    assert.deepEqual((await terminal('f1')).rollouts, [{ version, wave: 1, state: 'waiting' }]);
    assert.deepEqual((await terminal('f2')).rollouts, [{ version, wave: 2, state: 'later' }]);
    assert.equal((await versions())[0].wave.state, 'halted');
    await order('ed', { order: 'resume', why: 'after lunch' });
    await order('ed', { order: 'advance', why: 'fine' });
    assert.deepEqual((await seen(people.ed)).rollouts, []);
  });
}
