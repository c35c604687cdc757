// The catalogue's part of headoffice.test.mjs: products found, read, changed; who may; a stale tag.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const json = { 'Content-Type': 'application/json' };

export function catalogue({ call, join_as, publish }) {
  const products = '/v1/products';
  const one = '/v1/packs/{pack}/products/{key}';
  let admin;
  let viewer;
  let pack;
  const find = async (query, status = 200, headers = admin) => (await call('GET', products, { target: `${products}?${new URLSearchParams({ pack, ...query })}`, headers, status })).value;
  const at = (key) => ({ target: `/v1/packs/${pack}/products/${encodeURIComponent(key)}` });

  test('catalogue: what is published stands, and is found by name, SKU and barcode', async () => {
    ({ pack } = await publish());
    admin = await join_as('keeper', '--role', 'admin');
    viewer = await join_as('looker', '--role', 'viewer');
    const all = await find({});
    assert.equal(all.total, all.products.length);
    const [first] = all.products;
    const by_name = await find({ q: first.name.slice(0, 3).toUpperCase() });
    assert.ok(by_name.products.some(({ key }) => key === first.key));
    const by_key = await find({ q: first.key.replace('sku:', '').toLowerCase(), limit: '1' }, 200, viewer);
    assert.deepEqual([by_key.exact, by_key.products[0].key], [true, first.key]);
    assert.deepEqual((await find({ keys: `${first.key},sku:NOBODY` })).products.map(({ key }) => key), [first.key]);
    assert.equal((await find({ limit: '1' })).more, all.total > 1);
    for (const query of [{ limit: '0' }, { limit: 'x' }, { q: 'a', offset: '1001' }, { q: 'x'.repeat(201) }]) await find(query, 400);
    await call('GET', products, { target: products, headers: admin, status: 400 });
    await call('GET', products, { target: `${products}?pack=nobody`, headers: admin, status: 404 });
    await call('GET', products, { target: `${products}?pack=${pack}`, status: 401 });
    const head = await call('GET', '/v1/packs/{pack}/catalogue', { target: `/v1/packs/${pack}/catalogue`, headers: viewer });
    assert.equal(head.value.version, head.value.published);
    assert.equal(head.value.products, all.total);
  });

  test('catalogue: an editor changes a product by its tag; a viewer may not; a stale tag gets what stands', async () => {
    const editor = await join_as('keeper-2', '--role', 'editor');
    const [{ key }] = (await find({})).products;
    const { value, response } = await call('GET', one, { ...at(key), headers: viewer });
    const tag = response.headers.get('etag');
    const put = (body, headers, status, where = key, who = editor) => call('PUT', one, { ...at(where), body: JSON.stringify(body), headers: { ...json, ...who, ...headers }, status });
    await put(value, { 'If-Match': tag }, 403, key, viewer);
    await put(value, {}, 428);
    await put({ ...value, price: '1.239' }, { 'If-Match': tag }, 422);
    await put({ ...value, category: 'nowhere' }, { 'If-Match': tag }, 422);
    await put({ ...value, pictures: { small: 'a'.repeat(64) } }, { 'If-Match': tag }, 422);
    await put({ ...value, key: 'sku:OTHER' }, { 'If-Match': tag }, 422);
    const saved = await put({ ...value, price: '9.99', aliases: ['gtin:04006381333931'], restricted: true }, { 'If-Match': tag }, 200);
    assert.equal(saved.value.price, '9.99');
    const stale = await put({ ...value, price: '8.88' }, { 'If-Match': tag }, 412);
    assert.deepEqual(stale.value.theirs, saved.value);
    // Scanned as the till sends it: without the zero in front.
    assert.deepEqual((await find({ q: '4006381333931' })).products.map((row) => [row.key, row.price, row.restricted]), [[key, 999, true]]);
    const now = saved.response.headers.get('etag');
    const off = await put({ ...saved.value, restricted: false }, { 'If-Match': now }, 422);
    assert.deepEqual(off.value.errors.map(({ pointer }) => pointer), ['/restricted']);
    await put({ ...saved.value, restricted: false }, { 'If-Match': now }, 200, key, admin);
    await put({ ...value, key: 'sku:BRAND-NEW', aliases: ['gtin:04006381333931'] }, { 'If-None-Match': '*' }, 422, 'sku:BRAND-NEW');
    await put({ ...value, key: 'sku:BRAND-NEW' }, { 'If-None-Match': '*' }, 201, 'sku:BRAND-NEW');
    await put({ ...value, key: 'sku:BRAND-NEW' }, { 'If-None-Match': '*' }, 412, 'sku:BRAND-NEW');
    await call('GET', one, { ...at('sku:NOBODY'), headers: viewer, status: 404 });
    await call('PUT', one, { ...at(key), body: 'x', headers: { ...editor, 'Content-Type': 'text/plain', 'If-Match': now }, status: 415 });
    const { value: log } = await call('GET', '/v1/changes', { target: `/v1/changes?subject=${pack}&limit=3`, headers: admin });
    assert.deepEqual(log.changes.map(({ who, what, subject }) => `${who} ${what} ${subject}`), [`keeper-2 product.added ${pack}/sku:BRAND-NEW`, `keeper product.changed ${pack}/${key}`, `keeper-2 product.changed ${pack}/${key}`]);
    const head = await call('GET', '/v1/packs/{pack}/catalogue', { target: `/v1/packs/${pack}/catalogue`, headers: viewer });
    assert.equal(head.value.version, head.value.published + 3, 'what was changed waits for a publish');
  });

  test('catalogue: rules published alone go out with what stands; a catalogue that comes along replaces it', async () => {
    const { rules } = await publish({ alone: true });
    assert.ok(!rules.catalogue);
    const head = async () => (await call('GET', '/v1/packs/{pack}/catalogue', { target: `/v1/packs/${pack}/catalogue`, headers: viewer })).value;
    const now = await head();
    assert.equal(now.published, now.version);
    assert.equal((await find({ q: 'BRAND-NEW' })).products.length, 1);
    await publish();
    assert.equal((await find({ q: 'BRAND-NEW' })).products.length, 0);
    assert.equal((await head()).published, now.version + 1);
    const { value: log } = await call('GET', '/v1/changes', { target: `/v1/changes?subject=${pack}&limit=1`, headers: admin });
    assert.deepEqual([log.changes[0].what, log.changes[0].after.removed], ['catalogue.replaced', 1]);
  });
}
