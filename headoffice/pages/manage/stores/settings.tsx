// How suggestions are chosen and measured in all stores.
import { useState } from 'preact/hooks';

import { Choice, Money, Remove, Text, use_field, WholeNumber } from '../rules/form/field';
import { step } from '../rules/pointer';
import { use_desk } from './context';
import type { Daypart } from './model';
import { daypart_name } from './names';
import { say } from './words';

const at = (name: string): string => `/settings/${name}`;

/** Names come from rules, which go on naming them: a part is added or removed, never renamed. */
function Dayparts() {
  const { editing, locked } = use_desk();
  const { value, set, below } = use_field(at('dayparts'), say('stores_dayparts_hint'));
  const [name, set_name] = useState('');
  const [tried, set_tried] = useState(false);
  const parts = (value ?? {}) as Record<string, Daypart>;
  // By the hour as it was when they were opened: nothing moves under somebody's fingers.
  const [order] = useState(() => Object.entries(parts).sort(([, a], [, b]) => a.from.localeCompare(b.from)).map(([one]) => one));
  const all = [...order.filter((one) => Object.hasOwn(parts, one)), ...Object.keys(parts).filter((one) => !order.includes(one))].map((one): [string, Daypart | undefined] => [one, parts[one]]);
  const wanted = name.trim();
  const wrong = !/^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$/.test(wanted) ? 'stores_group_bad' as const : all.some(([one]) => one === wanted) ? 'stores_daypart_taken' as const : undefined;
  const add = () => {
    set_tried(wrong !== undefined);
    if (wrong) return;
    editing.set(at(`dayparts${step(wanted)}`), { from: '', to: '' });
    set_name('');
    setTimeout(() => document.querySelector<HTMLElement>(`[data-at="${CSS.escape(at(`dayparts${step(wanted)}/from`))}"]`)?.focus());
  };
  const remove = (gone: string) => {
    const rest = all.filter(([one]) => one !== gone);
    set(rest.length > 0 ? Object.fromEntries(rest) : undefined);
  };
  return <section class="card part" aria-labelledby="dayparts-title">
    <h2 id="dayparts-title">{say('stores_s_dayparts')}</h2>{below}
    <div class="grid">{all.map(([one]) => <fieldset key={one} data-at={at(`dayparts${step(one)}`)} tabIndex={-1}><legend><bdi>{daypart_name(one)}</bdi> {!locked && <Remove what={daypart_name(one)} act={() => remove(one)} />}</legend>
      <Whole at={at(`dayparts${step(one)}`)} />
      <div class="row">{(['from', 'to'] as const).map((side) => <div key={side} class="short"><Text at={at(`dayparts${step(one)}/${side}`)} label={say(side === 'from' ? 'rules.from' : 'rules.to')} dir="ltr" /></div>)}</div>
    </fieldset>)}</div>
    {!locked && <div class="row"><div class="field"><label for="daypart-new">{say('stores_daypart_add')}</label>
      <input id="daypart-new" type="text" autocomplete="off" spellcheck={false} value={name} aria-invalid={tried && wrong !== undefined} aria-describedby={tried && wrong ? 'daypart-about' : undefined} onInput={(event) => set_name(event.currentTarget.value)}
        onKeyDown={(event) => { if (event.key === 'Enter') { event.preventDefault(); add(); } }} />
      {tried && wrong && <span id="daypart-about" class="wrong">{say(wrong)}</span>}</div>
      <button type="button" class="plain" onClick={add}>{say('stores_do_add')}</button></div>}
  </section>;
}

/** What is wrong with a part as a whole. */
function Whole({ at: place }: { at: string }) {
  return use_field(place).below || null;
}

/** In words, what the page has no fields for. */
function Else() {
  const { editing } = use_desk();
  const { sets, settings } = editing.frame.value;
  const all = [
    ...(sets?.length ? [say('stores_else_sets', { count: sets.length })] : []),
    ...(settings.never_offer?.length ? [say('stores_else_never', { count: settings.never_offer.length })] : []),
    ...(settings.restricted?.length ? [say('stores_else_restricted', { count: settings.restricted.length })] : []),
  ];
  return all.length > 0 ? <p class="quiet">{say('stores_else', { what: all.join(', ') })}</p> : null;
}

export function Settings() {
  const percent = (name: string, label: string, hint: string) => <WholeNumber at={at(name)} label={label} hint={hint} unit="%" />;
  return <>
    <section class="card part" aria-labelledby="choose-title"><h2 id="choose-title">{say('stores_s_choose')}</h2>
      <div class="grid">
        <Choice at={at('objective')} label={say('stores_objective')} usual="margin" options={[['margin', say('stores_objective_margin')], ['revenue', say('stores_objective_revenue')], ['units', say('stores_objective_units')]]} />
        <Money at={at('score_floor')} label={say('stores_score_floor')} hint={say('stores_score_floor_hint')} />
        {percent('margin_floor_percent', say('stores_margin_floor'), say('stores_margin_floor_hint'))}
        {percent('assumed_margin_percent', say('stores_assumed_margin'), say('stores_assumed_margin_hint'))}
        {percent('spend_jump_percent', say('stores_spend_jump'), say('stores_spend_jump_hint'))}
        {percent('exploration_percent', say('stores_exploration'), say('stores_exploration_hint'))}
      </div></section>
    <section class="card part" aria-labelledby="measure-title"><h2 id="measure-title">{say('stores_s_measure')}</h2>
      <div class="grid">{percent('holdout_percent', say('stores_holdout'), say('stores_holdout_hint'))}{percent('global_holdout_percent', say('stores_global_holdout'), say('stores_global_holdout_hint'))}</div></section>
    <section class="card part" aria-labelledby="many-title"><h2 id="many-title">{say('stores_s_how_many')}</h2>
      <div class="grid"><WholeNumber at={at('prompts_per_sale/cashier')} label={say('stores_cashier')} /><WholeNumber at={at('prompts_per_sale/kiosk')} label={say('stores_kiosk')} /><WholeNumber at={at('prompts_per_sale/receipt')} label={say('stores_receipt')} /></div></section>
    <Dayparts />
    <Else />
  </>;
}
