// What is suggested: products, best of several.
import type { Offer } from '../model';
import { product } from '../names';
import { say } from '../../words';
import { ProductChip } from './choose';
import { Combobox } from './combobox';
import { Remove, use_field, use_form, WholeNumber } from './field';
import { wording } from '../findings';

export function Offers() {
  const { value, set, about, below } = use_field('/offers');
  const { found, rule } = use_form();
  const offers = (value ?? []) as Offer[];
  return <div class="choose">
    <ul class="offers" aria-label={say('rules.offers')}>{offers.map(({ product: id }, i) => {
      const wrong = found.filter(({ pointer }) => pointer === `/offers/${i}` || pointer === `/offers/${i}/product`);
      return <li key={id}><ul class="chips"><ProductChip id={id} /></ul>
        <Remove what={product(id)} act={() => set(offers.filter((_, n) => n !== i))} />
        {wrong.length > 0 && <span class="wrong" tabIndex={-1} data-at={`/offers/${i}`}>{wrong.map(wording).join(' ')}</span>}</li>;
    })}</ul>
    <Combobox label={say('rules.add_offer')} at={about['data-at']} invalid={about['aria-invalid']} described={about['aria-describedby']}
      choose={(choice) => { if (choice.is === 'product' && !offers.some((one) => one.product === choice.product.key)) set([...offers, { product: choice.product.key }]); }} />
    {below}
    {offers.length > 1 && <details class="places" open={offers.some((_, i) => found.some(({ pointer }) => pointer === `/offers/${i}/extra_adds_per_1000`))}><summary>{say('rules.chances')}</summary><p class="quiet">{say('rules.chances_hint')}</p>
      <div class="grid">{offers.map(({ product: id }, i) => <WholeNumber key={id} at={`/offers/${i}/extra_adds_per_1000`} label={product(id)} placeholder={String(rule.extra_adds_per_1000 ?? '')} />)}</div></details>}
  </div>;
}
