// The part of headoffice.test.mjs about replays: a draft over baskets that were reported, who may ask, what is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const json = { 'Content-Type': 'application/json' };
const start = '/v1/packs/{pack}/replay';

export function replay({ call, command, example }) {
  const join_as = async (id, ...words) => {
    const token = (await command('invite', ...words)).stdout.trim().split('#link=')[1];
    const { response, value } = await call('POST', '/v1/people', { body: JSON.stringify({ token, id, name: id, password: 'correct horse battery' }), headers: json, status: 201 });
    return { Cookie: response.headers.get('set-cookie').split(';')[0], 'Sidedish-CSRF': value.csrf };
  };
  const ask = (who, body, status, pack = 'tried') => call('POST', start, { target: `/v1/packs/${pack}/replay`, body: JSON.stringify(body), headers: { ...json, ...who }, status });
  const tell = async (who, id, status = 200) => (await call('GET', '/v1/replays/{id}', { target: `/v1/replays/${id}`, headers: who, status })).value;

  test('replay: a draft is tried on reported baskets, each has one reason, and nobody tries without the right', async () => {
    const pack = example('/v1/publish', 'post');
    pack.rules.pack = { id: 'tried', version: 1 };
    pack.rules.stores = [{ id: 'attic', name: 'Attic', time_zone: 'Europe/Berlin' }];
    await call('POST', '/v1/publish', { body: JSON.stringify(pack), headers: json, status: 201 });
    const edna = await join_as('replay-edna', '--role', 'editor');
    const vera = await join_as('replay-vera', '--role', 'viewer');
    const rule = pack.rules.rules[0];
    await ask(vera, { rule }, 403);
    assert.ok((await ask(edna, { rule: { ...rule, offers: [] } }, 422)).value.errors.length > 0);
    await ask(edna, { rule, from: 'yesterday' }, 422);
    await ask(edna, { rule }, 404, 'nothing');
    const begun = (await ask(edna, { rule, from: '2026-01-01', to: '2026-01-31' }, 202)).value;
    let told = begun;
    while (told.state === 'waiting' || told.state === 'running') told = await tell(edna, begun.id);
    assert.equal(told.state, 'done', told.trouble);
    const { result } = told;
    assert.equal(result.prompted + result.already_bought + result.not_qualified + result.blocked + result.lost + result.silent, result.baskets);
    await call('DELETE', '/v1/replays/{id}', { target: `/v1/replays/${begun.id}`, headers: edna, status: 204 });
    await tell(edna, 'none', 404);
    // Ids count up: what others began is not there for whoever guesses one.
    const stop = (who, status) => call('DELETE', '/v1/replays/{id}', { target: `/v1/replays/${begun.id}`, headers: who, status });
    const stan = await join_as('replay-stan', '--role', 'store-manager', '--store', 'attic');
    const erik = await join_as('replay-erik', '--role', 'editor');
    for (const other of [stan, erik]) {
      await tell(other, begun.id, 404);
      await stop(other, 404);
    }
    await tell(vera, begun.id, 403);
    await stop(vera, 403);
    const own = (await ask(stan, { rule }, 202)).value;
    assert.deepEqual((await tell(stan, own.id)).stores, ['attic']);
    await tell(edna, own.id, 404);
    await ask(await join_as('replay-dora', '--role', 'store-manager', '--store', 'elsewhere'), { rule }, 403);
  });
}
