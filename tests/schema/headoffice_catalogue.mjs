// The catalogue's part of headoffice.test.mjs: products found, read, changed; who may; a stale tag.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
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

  test('catalogue: a product is taken out by its tag and with a reason, not while something needs it, nor by who may not', async () => {
    const editor = await join_as('keeper-4', '--role', 'editor');
    const tag_of = async (key) => (await call('GET', one, { ...at(key), headers: viewer })).response.headers.get('etag');
    const remove = (key, headers, status, why = 'nobody buys it', who = editor) => call('DELETE', one, { target: `${at(key).target}?why=${encodeURIComponent(why)}`, headers: { ...who, ...headers }, status });
    const needed = (await remove('sku:FRIES', { 'If-Match': await tag_of('sku:FRIES') }, 409)).value;
    assert.match(needed.type, /still-used$/);
    assert.deepEqual(needed.errors.map(({ code, rule, detail }) => [code, rule, detail]), [['rule', 'burger-fries', 'Fries with a burger']]);
    const base = (await call('GET', one, { ...at('sku:BRAND-NEW'), headers: viewer })).value;
    const put = (key, more, status, headers = { 'If-None-Match': '*' }) => call('PUT', one, { ...at(key), body: JSON.stringify({ ...base, key, ...more }), headers: { ...json, ...admin, ...headers }, status });
    await put('sku:GONE', { aliases: ['plu:987'], restricted: true }, 201);
    await put('sku:STANDS-IN', { substitutes: ['plu:987'] }, 201);
    const tag = await tag_of('sku:GONE');
    await remove('sku:GONE', {}, 428);
    await remove('sku:GONE', { 'If-Match': tag }, 403, 'x', viewer);
    const named = (await remove('sku:GONE', { 'If-Match': tag }, 409)).value;
    assert.deepEqual(named.errors.map(({ code }) => code), ['substitute']);
    await remove('sku:STANDS-IN', { 'If-Match': '"other"' }, 412);
    const [wrong] = (await remove('sku:STANDS-IN', { 'If-Match': await tag_of('sku:STANDS-IN') }, 422, '')).value.errors;
    assert.equal(wrong.pointer, '/why');
    await remove('sku:STANDS-IN', { 'If-Match': await tag_of('sku:STANDS-IN') }, 204);
    assert.deepEqual((await remove('sku:GONE', { 'If-Match': tag }, 422)).value.errors.map(({ pointer }) => pointer), ['/restricted']);
    await remove('sku:GONE', { 'If-Match': tag }, 204, 'nobody buys it', admin);
    await remove('sku:GONE', { 'If-Match': tag }, 404, 'nobody buys it', admin);
    const { value: log } = await call('GET', '/v1/changes', { target: `/v1/changes?subject=${pack}&limit=1`, headers: admin });
    assert.deepEqual([log.changes[0].what, log.changes[0].subject, log.changes[0].why, log.changes[0].before.key], ['product.removed', `${pack}/sku:GONE`, 'nobody buys it', 'sku:GONE']);
  });

  test('catalogue: a CSV is told row by row before anything changes, applied by its tag, and exported so that it imports back', async () => {
    const imports = '/v1/imports/{pack}';
    const one_import = `${imports}/{import}`;
    const text = { 'Content-Type': 'text/csv' };
    const [{ key }] = (await find({})).products;
    const csv = `key;name:en;price;Remark\n${key};"=1+1";7,50;x\nNEW-CSV;New;1,00;\n${key};;;\n`;
    const read = (body, status = 201, headers = admin, query = '?locale=de') => call('POST', imports, { target: `/v1/imports/${pack}${query}`, body, headers: { ...text, ...headers }, status });
    await read(csv, 403, viewer);
    await read(csv, 415, { ...admin, 'Content-Type': 'application/json' });
    const bad = await read('key;name\nA;"open\n', 422);
    assert.deepEqual(bad.value.errors.map(({ pointer }) => pointer), ['/line/2']);
    await call('POST', imports, { target: '/v1/imports/nobody', body: csv, headers: { ...text, ...admin }, status: 404 });
    const { value: report } = await read(csv);
    assert.deepEqual([report.counts, report.unknown_columns], [{ new: 0, changed: 1, unchanged: 0, refused: 2 }, ['Remark']]);
    assert.deepEqual(report.rows.map(({ line, what, problems = [] }) => [line, what, problems.map(({ column, code }) => `${column} ${code}`)]), [[3, 'refused', ['category missing']], [4, 'refused', ['key repeated', 'price amount']], [2, 'changed', []]]);
    assert.deepEqual(report.rows[2].changes[1], { column: 'price', from: report.rows[2].changes[1].from, to: '7,50' });
    const rest = async (query, status = 200, headers = admin) => (await call('GET', one_import, { target: `/v1/imports/${pack}/${report.id}${query}`, headers, status })).value;
    assert.equal((await rest('?what=refused&limit=1')).more, true);
    await rest('?what=all', 400);
    await rest('', 404, await join_as('keeper-3', '--role', 'editor'));
    const apply = (headers, status, id = report.id) => call('POST', `${one_import}/apply`, { target: `/v1/imports/${pack}/${id}/apply`, body: '{"why":"spring"}', headers: { ...json, ...admin, ...headers }, status });
    await apply({}, 428);
    await apply({ 'If-Match': '"catalogue-1"' }, 409);
    await apply({ 'If-Match': report.etag }, 404, '0'.repeat(16));
    assert.deepEqual((await find({ q: key })).products[0].name === '=1+1', false, 'nothing has changed yet');
    const { value: done } = await apply({ 'If-Match': report.etag }, 200);
    assert.deepEqual([done.new, done.changed], [0, 1]);
    await apply({ 'If-Match': report.etag }, 409);
    assert.equal((await find({ q: key })).products[0].name, '=1+1');
    const { bytes, response } = await call('GET', '/v1/packs/{pack}/catalogue/products.csv', { target: `/v1/packs/${pack}/catalogue/products.csv?locale=de`, headers: viewer });
    assert.equal(response.headers.get('content-type').split(';')[0], 'text/csv');
    assert.match(bytes.toString(), /;'=1\+1;/, 'no cell begins a formula');
    const { value: same } = await read(bytes);
    assert.deepEqual([same.counts.new, same.counts.changed, same.counts.refused], [0, 0, 0]);
    const { value: log } = await call('GET', '/v1/changes', { target: `/v1/changes?subject=${pack}&limit=1`, headers: admin });
    assert.deepEqual([log.changes[0].what, log.changes[0].who, log.changes[0].why], ['catalogue.imported', 'keeper', 'spring']);
  });

  test('catalogue: a picture comes in when it is one, small enough, and who may', async () => {
    const path = '/v1/packs/{pack}/pictures/{sha256}';
    const webp = (width, height, extra = 0) => {
      const data = Buffer.alloc(10 + extra);
      data.writeUIntBE(0x9d012a, 3, 3);
      data.writeUInt16LE(width, 6);
      data.writeUInt16LE(height, 8);
      const head = Buffer.from('RIFF....WEBPVP8 ....');
      head.writeUInt32LE(12 + data.length, 4);
      head.writeUInt32LE(data.length, 16);
      return Buffer.concat([head, data]);
    };
    const put = (bytes, status, headers = admin, name = createHash('sha256').update(bytes).digest('hex')) => call('PUT', path, { target: `/v1/packs/${pack}/pictures/${name}`, body: bytes, headers: { 'Content-Type': 'image/webp', ...headers }, status });
    await put(webp(480, 320), 201);
    await put(webp(480, 320), 200);
    await put(webp(480, 320), 403, viewer);
    await put(webp(481, 320), 415);
    await put(webp(480, 320).subarray(0, 29), 415);
    await put(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 415);
    await put(Buffer.from('just text'), 415);
    await put(webp(64, 64, 61440), 413);
    await put(webp(64, 64), 422, admin, 'a'.repeat(64));
    await put(webp(64, 64), 404, admin, 'none');
    assert.ok((await call('GET', '/v1/catalogues', { headers: viewer })).value.catalogues.some((one) => one.pack === pack && one.products > 0));
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
