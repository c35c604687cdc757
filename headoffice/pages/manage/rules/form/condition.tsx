// The fields of one condition.
import type { Condition } from '../model';
import { get } from '../pointer';
import { daypart_name, weekday, weekdays } from '../sentence';
import { say, type Word } from '../../words';
import { Choose } from './choose';
import { Money, Ticks, Text, use_field, use_form, WholeNumber } from './field';

export function blank_condition(kind: string): Condition {
  switch (kind) {
    case 'has': case 'lacks': return { [kind]: { items: [] } };
    case 'bought': return { bought: { items: [], within_days: 30 } };
    case 'not_bought': return { not_bought: { items: [], for_days: 90 } };
    case 'total': case 'lines': case 'distinct': case 'items': case 'dates': return { [kind]: {} };
    case 'daypart': return { daypart: { from: '11:00', to: '14:00' } };
    case 'first_visit': return { first_visit: true };
    case 'fact': return { fact: { name: '', is: [] } };
    case 'stock': return { stock: ['in'] };
    default: return { [kind]: [] };
  }
}

/** Whether the form has fields for all of it. A weight or a value as a bound is read, not written here. */
export function has_row(kind: string, body: unknown): boolean {
  if (kind === 'all' || kind === 'any' || kind === 'none') return false;
  if (kind !== 'has') return true;
  const { value, quantity } = body as { value?: unknown; quantity?: Record<string, unknown> };
  return value === undefined && (quantity === undefined || Object.values(quantity).every(Number.isInteger));
}

function Range({ at, money = false }: { at: string; money?: boolean }) {
  const Field = money ? Money : WholeNumber;
  return <span class="row"><Field at={`${at}/min`} label={say('rules.least')} /><Field at={`${at}/max`} label={say('rules.most')} /></span>;
}

function DateField({ at, label }: { at: string; label: string }) {
  const { value, set, about, below } = use_field(at);
  return <div class="field short"><label for={about.id}>{label}</label>
    <input type="date" {...about} value={typeof value === 'string' ? value : ''} min="2020-01-01" max="2099-12-31" onInput={(event) => set(event.currentTarget.value || undefined)} />{below}</div>;
}

function TimeField({ at, label }: { at: string; label: string }) {
  const { value, set, about, below } = use_field(at);
  const text = value === '24:00' ? '00:00' : String(value ?? '');
  return <div class="field short"><label for={about.id}>{label}</label>
    <input type="time" {...about} value={text} onInput={(event) => { if (event.currentTarget.value) set(event.currentTarget.value); }} />{below}</div>;
}

function Daypart({ at }: { at: string }) {
  const { value, set, about, locked } = use_field(at);
  const { pack } = use_form();
  const named = Object.entries(pack.settings.dayparts ?? {});
  const now = typeof value === 'string' ? value : '';
  const { readOnly, ...rest } = about;
  void readOnly;
  const known = typeof value === 'string' ? pack.settings.dayparts?.[value] : undefined;
  return <span class="row">
    {(named.length > 0 || now) && <div class="field short"><label for={about.id}>{say('rules.part_of_day')}</label>
      <select {...rest} value={now} disabled={locked} onChange={(event) => set(event.currentTarget.value || { from: known?.from ?? '11:00', to: known?.to ?? '14:00' })}>
        {named.map(([id, { from, to }]) => <option key={id} value={id} selected={id === now}>{`${daypart_name(id)} (${from}–${to})`}</option>)}
        <option value="" selected={now === ''}>{say('rules.own_hours')}</option>
      </select></div>}
    {now === '' && <><TimeField at={`${at}/from`} label={say('rules.from')} /><TimeField at={`${at}/to`} label={say('rules.to')} /></>}
  </span>;
}

function Fact({ at }: { at: string }) {
  const { rule, set } = use_form();
  const is = get(rule, `${at}/is`);
  const { about, below } = use_field(`${at}/is`);
  if (!Array.isArray(is)) return <span class="row"><Text at={`${at}/name`} label={say('rules.fact_name')} dir="ltr" /><Range at={at} /></span>;
  return <span class="row"><Text at={`${at}/name`} label={say('rules.fact_name')} dir="ltr" />
    <div class="field"><label for={about.id}>{say('rules.fact_is')}</label>
      <input type="text" {...about} value={is.join(', ')} autocomplete="off" onChange={(event) => set(`${at}/is`, event.currentTarget.value.split(',').map((one) => one.trim()).filter(Boolean))} />{below}</div></span>;
}

function Names({ at, known }: { at: string; known: string[] }) {
  const { value, set, about, below } = use_field(at);
  if (known.length > 0) return <Ticks at={at} label={say(`rules.if_${at.split('/').at(-1) ?? ''}` as Word)} options={known.map((one) => [one, one])} />;
  return <div class="field"><label for={about.id} class="unseen">{say('rules.names')}</label>
    <input type="text" {...about} value={((value ?? []) as string[]).join(', ')} onChange={(event) => set(event.currentTarget.value.split(',').map((one) => one.trim()).filter(Boolean))} />{below}</div>;
}

export function Body({ kind, at }: { kind: string; at: string }) {
  const { pack } = use_form();
  const label = say(`rules.if_${kind}` as Word);
  switch (kind) {
    case 'has': return <><Choose at={at} label={label} /><WholeNumber at={`${at}/quantity/min`} label={say('rules.units_at_least')} placeholder="1" /></>;
    case 'lacks': return <Choose at={at} label={label} />;
    case 'bought': return <><Choose at={at} label={label} /><WholeNumber at={`${at}/within_days`} label={say('rules.within_days')} /></>;
    case 'not_bought': return <><Choose at={at} label={label} /><WholeNumber at={`${at}/for_days`} label={say('rules.for_days')} /></>;
    case 'total': return <Range at={at} money />;
    case 'lines': case 'distinct': case 'items': return <Range at={at} />;
    case 'first_visit': return <FirstVisit at={at} />;
    case 'fact': return <Fact at={at} />;
    case 'stock': return <Ticks at={at} label={label} order options={['in', 'low'].map((one) => [one, say(`rules.stock_${one}` as Word)])} />;
    case 'dates': return <span class="row"><DateField at={`${at}/from`} label={say('rules.first_day')} /><DateField at={`${at}/to`} label={say('rules.last_day')} /></span>;
    case 'daypart': return <Daypart at={at} />;
    case 'weekday': return <Ticks at={at} label={label} order options={weekdays.map((one) => [one, weekday(one)])} />;
    case 'store': return <Ticks at={at} label={label} options={pack.stores.map(({ id, name }) => [id, name])} />;
    case 'channel': return <Ticks at={at} label={label} order options={['cashier', 'kiosk'].map((one) => [one, say(`rules.channel_${one}` as Word)])} />;
    case 'moment': return <Ticks at={at} label={label} order options={['basket', 'checkout', 'browse'].map((one) => [one, say(`rules.moment_${one}` as Word)])} />;
    case 'store_group': return <Names at={at} known={pack.store_groups} />;
    case 'terminal_group': return <Names at={at} known={pack.terminal_groups} />;
    default: return <Names at={at} known={pack.segments} />;
  }
}

function FirstVisit({ at }: { at: string }) {
  const { value, set, about, locked } = use_field(at);
  const { readOnly, ...rest } = about;
  void readOnly;
  return <select {...rest} aria-label={say('rules.if_first_visit')} value={String(value)} disabled={locked} onChange={(event) => set(event.currentTarget.value === 'true')}>
    <option value="true" selected={value === true}>{say('rules.first_visit_yes')}</option><option value="false" selected={value === false}>{say('rules.first_visit_no')}</option></select>;
}
