// A shop's rules for tests on the real clock.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const shops = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../sim/shops');

/// The shop's rules without what depends on the hour or on chance.
export function rules_at_any_hour(shop = 'burgerbar') {
  const pack = JSON.parse(fs.readFileSync(path.join(shops, shop, 'rules.json'), 'utf8'));
  Object.assign(pack.settings, { holdout_percent: 0, global_holdout_percent: 0, exploration_percent: 0 });
  pack.rules = pack.rules.filter((rule) => {
    delete rule.holdout_percent;
    if (rule.when?.all) rule.when.all = rule.when.all.filter((one) => !JSON.stringify(one).includes('daypart'));
    return !/daypart|date|weekday|season/.test(JSON.stringify(rule.when ?? {})) && rule.when?.all?.length !== 0;
  });
  return pack;
}
