// What the kinds have of their own: parts and price of a bundle, what an upsell swaps, pairs that were learned.
import type { Bundle as BundleRule, Pair, Slot } from '../model';
import { chosen, product } from '../names';
import { step } from '../pointer';
import { say } from '../../words';
import { Choose, One } from './choose';
import { Money, Remove, Switch, use_field, use_form, WholeNumber } from './field';

const kSlots = 6;

function SlotRow({ slot, index, remove }: { slot: Slot; index: number; remove: (() => void) | undefined }) {
  const { pack, set, rule } = use_form();
  const at = `/bundle/slots/${index}`;
  const items = slot.choose.items ?? Object.keys(slot.price_delta ?? {});
  const title = say('rules.part', { n: index + 1 });
  const extra = rule.bundle?.price !== undefined && items.length > 1;
  return <li class="slot" aria-label={title}>
    <div class="head"><h4>{title}</h4>{remove && <Remove what={`${title}: ${chosen(pack, slot.choose).join(', ')}`} act={remove} />}</div>
    <Choose at={`${at}/choose`} label={say('rules.one_of')} />
    <span class="row"><WholeNumber at={`${at}/count/min`} label={say('rules.least')} placeholder="1" /><WholeNumber at={`${at}/count/max`} label={say('rules.most')} placeholder="1" /></span>
    {extra && <details open={slot.price_delta !== undefined}><summary>{say('rules.deltas')}</summary>
      <div class="deltas">{items.map((key) => <Money key={key} at={`${at}/price_delta${step(key)}`} label={product(key)} />)}</div></details>}
    {slot.price_delta && !extra && <button type="button" class="link-like" onClick={() => set(`${at}/price_delta`, undefined)}>{say('rules.drop_deltas')}</button>}
  </li>;
}

export function Slots() {
  const { rule, set, locked } = use_form();
  const { about, below } = use_field('/bundle/slots');
  const slots = rule.bundle?.slots ?? [];
  const fresh = () => { for (let n = slots.length + 1; ; ++n) if (!slots.some(({ id }) => id === `part-${n}`)) return `part-${n}`; };
  return <><ol class="slots">{slots.map((slot, i) => <SlotRow key={slot.id} slot={slot} index={i} remove={slots.length > 2 ? () => set('/bundle/slots', slots.filter((_, n) => n !== i)) : undefined} />)}</ol>
    {!locked && slots.length < kSlots && <button type="button" class="plain" data-at={about['data-at']} aria-describedby={about['aria-describedby']} onClick={() => set('/bundle/slots', [...slots, { id: fresh(), choose: { items: [] } }])}>{say('rules.add_part')}</button>}
    {below}</>;
}

const ways = ['price', 'discount', 'discount_percent'] as const;

/** One price for all parts, or what they cost singly less an amount or a share. */
export function Price() {
  const { rule, set, locked } = use_form();
  if (!rule.bundle) return <p class="quiet">{say('rules.shelf_price')}</p>;
  const bundle: BundleRule = rule.bundle;
  const now = ways.find((one) => bundle[one] !== undefined) ?? 'price';
  const choose = (way: (typeof ways)[number]) => {
    const { price, discount, discount_percent, ...rest } = bundle;
    void [price, discount, discount_percent];
    set('/bundle', { ...rest, [way]: way === 'discount_percent' ? 10 : '' });
  };
  return <>
    <fieldset class="ticks"><legend class="unseen">{say('rules.price')}</legend><span class="row">{ways.map((way) => <label key={way} class="check">
      <input type="radio" name="price" checked={way === now} disabled={locked} onChange={() => choose(way)} />{say(`rules.by_${way}` as Parameters<typeof say>[0])}</label>)}</span></fieldset>
    {now === 'discount_percent' ? <WholeNumber at="/bundle/discount_percent" label={say('rules.by_discount_percent')} unit="%" /> : <Money at={`/bundle/${now}`} label={say(`rules.by_${now}`)} />}
    <span class="row"><WholeNumber at="/bundle/times" label={say('rules.times')} placeholder="1" /><WholeNumber at="/bundle/missing" label={say('rules.missing_parts')} placeholder="1" hint={say('rules.missing_hint')} /></span>
    <Switch at="/bundle/complete" label={say('rules.convert')} on={bundle.complete !== undefined} change={(on) => set('/bundle/complete', on ? { worth: '0' } : undefined)} />
    {bundle.complete && <Money at="/bundle/complete/worth" label={say('rules.worth')} hint={say('rules.worth_hint')} />}
  </>;
}

export function Pairs() {
  const { rule, set, locked } = use_form();
  const { about, below } = use_field('/pairs');
  const pairs = rule.pairs ?? [];
  const blank: Pair = { given: '', product: '', together: 0, of: 1, approved: true };
  return <><ul class="pairs">{pairs.map((pair, i) => <li key={i} class="slot">
      <div class="head"><h4>{say('rules.pair', { n: i + 1 })}</h4>{pairs.length > 1 && <Remove what={say('rules.pair', { n: i + 1 })} act={() => set('/pairs', pairs.filter((_, n) => n !== i))} />}</div>
      <span class="lead">{say('rules.who_has')}</span><One at={`/pairs/${i}/given`} label={say('rules.who_has')} />
      <span class="lead">{say('rules.also_takes')}</span><One at={`/pairs/${i}/product`} label={say('rules.also_takes')} />
      <span class="row"><WholeNumber at={`/pairs/${i}/together`} label={say('rules.together')} /><WholeNumber at={`/pairs/${i}/of`} label={say('rules.of_baskets')} /></span>
      <Switch at={`/pairs/${i}/approved`} label={say('rules.pair_approved')} on={pair.approved === true} change={(on) => set(`/pairs/${i}/approved`, on)} />
    </li>)}</ul>
    {!locked && <button type="button" class="plain" data-at={about['data-at']} aria-describedby={about['aria-describedby']} onClick={() => set('/pairs', [...pairs, blank])}>{say('rules.add_pair')}</button>}
    {below}</>;
}
