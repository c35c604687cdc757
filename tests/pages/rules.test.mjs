// Every rule of both shops, heard from the real agent by a till and by a kiosk, in every language: what it says fits its place,
// and what it says about money is what the basket's total does when somebody says yes. (Check 18 of the issue.)
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import '../../sdk/js/sidedish.js';
import { catalogue_of, house, rules_alone } from './support/house.mjs';

const signs = (text, language) => [...new Intl.Segmenter(language).segment(text)].length;
const can = ['add', 'replace', 'convert', 'undo', 'reports_completion'];

for (const [shop, store] of [['burgerbar', 'mitte'], ['giftware', 'market-row']]) {
  const pack = rules_alone(shop);
  const { products, categories } = catalogue_of(shop);
  const by_key = new Map(products.map((product) => [product.key, product]));
  const minor = (key) => Math.round(Number(by_key.get(key).price) * 100);
  let home;
  before(async () => { home = await house({ shop, store, pack }); });
  after(async () => { await home?.stop(); });

  const above = (id) => (id ? [id, ...above(categories.find((one) => one.id === id)?.parent)] : []);
  function chosen(select) {
    if (select.set) {
      const set = pack.sets.find(({ id }) => id === select.set);
      return products.filter(({ key, category, tags = [] }) => set.items?.includes(key) || above(category).some((id) => set.categories?.includes(id)) || tags.some((tag) => set.tags?.includes(tag)));
    }
    return products.filter(({ key, category, tags = [] }) => select.items?.includes(key) || (select.category && above(category).includes(select.category)) || tags.includes(select.tag));
  }
  /// The conditions that a basket can do something about, one way to fulfil them.
  function wishes(condition) {
    const [[word, body]] = Object.entries(condition);
    if (word === 'all') return body.flatMap(wishes);
    if (word === 'any') return wishes(body[0]);
    return [[word, body]];
  }
  /// Baskets in which the rule has something to say: dear ones and enough of it, for an offer may cost no more than what is there.
  function baskets(rule) {
    const asked = wishes(rule.when);
    const gone = new Set(asked.filter(([word]) => word === 'lacks').flatMap(([, select]) => chosen(select).map(({ key }) => key)));
    const of = (all, count = 1) => {
      const found = all.filter(({ key, stock }) => !gone.has(key) && stock !== 'out').sort((a, b) => Number(b.price) - Number(a.price))[0];
      return found ? [{ product: found.key, count }] : [];
    };
    if (rule.kind === 'upsell') return [of(chosen(rule.swap.from))];
    if (rule.kind === 'bundle') {
      const parts = rule.bundle.slots.map(({ choose }) => of(chosen(choose)));
      return [parts.slice(0, -1).flat(), parts.flat()];
    }
    const dearest = Math.max(...rule.offers.map(({ product }) => minor(product)));
    const rows = asked.filter(([word]) => word === 'has').flatMap(([, select]) => of(chosen(select), select.quantity?.min ?? 1));
    while (rows.reduce((all, { product, count }) => all + minor(product) * count, 0) < dearest) rows[0].count += 1;
    return [rows];
  }
  const line = ({ product, count }) => ({ product, quantity: String(count), unit_price: minor(product), line_total: minor(product) * count });
  const sum = (lines) => lines.reduce((all, { line_total }) => all + line_total, 0);
  /// The basket after a yes, as a till makes it.
  function taken(lines, prompt) {
    const after_ = lines.map((one) => ({ ...one }));
    const less = (product, count) => {
      const found = after_.find((one) => one.product === product);
      assert.ok(found && Number(found.quantity) >= count, `${prompt.rule} takes ${product}, which is not there`);
      found.quantity = String(Number(found.quantity) - count);
      found.line_total -= count * minor(product);
    };
    if (prompt.action === 'replace') less(prompt.replaces, Number(prompt.quantity));
    if (prompt.action !== 'convert') after_.push(line({ product: prompt.product, count: Number(prompt.quantity) }));
    else for (const part of prompt.parts) {
      if (!part.added) less(part.product, Number(part.quantity));
      after_.push({ product: part.product, quantity: part.quantity, line_total: part.price });
    }
    return after_;
  }

  let number = 0;
  for (const rule of pack.rules) {
    test(`till 18: ${shop}, "${rule.name}": its words fit their place in every language, and its price is what the total grows by`, async () => {
      const moments = new Set(wishes(rule.when).filter(([word]) => word === 'moment').flatMap(([, all]) => all));
      const moment = rule.kind === 'receipt' ? 'receipt' : [...moments][0] ?? 'basket';
      const facts = Object.fromEntries(wishes(rule.when).filter(([word]) => word === 'fact').map(([, { name, is }]) => [name, is[0]]));
      for (const channel of { receipt: ['receipt'], browse: ['kiosk'] }[moment] ?? ['cashier', 'kiosk']) {
        const lane = globalThis.sidedish.connect({ agent: home.agent, lane: `rule-${number += 1}`, token: () => home.token, currency: pack.currency, pricesIncludeTax: true,
                                                   deadlineMs: 5000, patienceMs: 5000, capabilities: can, onError: (text, problem) => assert.fail(`${text} ${JSON.stringify(problem)}`) });
        for (const language of pack.languages) {
          for (const rows of baskets(rule)) {
            const looking = moment === 'browse' ? { looking_at: rows[0].product } : {};
            const lines = moment === 'browse' ? [] : rows.map(line);
            const said = { basket: `r${number += 1}`, language, channel, lines, facts, total: sum(lines), moment, ...looking };
            if (rule.kind === 'receipt') {
              await lane.update({ ...said, seq: 1, moment: 'basket', channel: 'cashier' });
              await lane.event('tender_started', said.basket);
            }
            const { prompts, status } = await lane.update({ ...said, seq: 2 });
            assert.equal(status, 'ok');
            const prompt = prompts.find((one) => one.rule === rule.id);
            assert.ok(prompt, `${channel}, ${language}: silent for ${JSON.stringify(rows)}`);
            const [headline, reason] = channel === 'kiosk' ? [40, 80] : [30, 60];
            assert.ok(signs(prompt.headline, language) <= headline, `${language}: "${prompt.headline}"`);
            assert.ok(signs(prompt.reason, language) <= reason, `${language}: "${prompt.reason}"`);
            assert.equal(prompt.line20x2.length, 2);
            for (const text of prompt.line20x2) assert.ok(signs(text, language) <= 20, `${language}: "${text}"`);
            if (prompt.action !== 'none') assert.equal(sum(taken(lines, prompt)) - sum(lines), prompt.price_effect, `${channel}, ${language}`);
            await lane.event('voided', said.basket);
          }
        }
      }
    });
  }
}
