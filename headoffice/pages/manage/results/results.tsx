// What the rules changed: figures, one row a rule with its lift, and the days.
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

import { day } from '../../../../sdk/js/shared/money';
import { language } from '../../../../sdk/js/shared/i18n';
import { ask, type Lift, type Measured, type Report, type Row, session, type Store } from '../api';
import { Attached } from './attached';
import { Days } from './days';
import { Declined } from './declined';
import { Earnings, surely } from './earned';
import { count, gain, money, moneys, points, seconds, share } from '../format';
import { Bar, farthest, Judged, told_apart } from './lift';
import { Csv, Notice, Select, Skeleton, use_answer } from '../parts';
import { told } from '../sign_in';
import { Where } from './where';
import { say, type Word } from './words';

const period = signal(28);
const store = signal('');
const channel = signal('');
const daypart = signal('');

const dayparts = ['morning', 'midday', 'afternoon', 'evening', 'night'] as const;

interface Loaded { range: string; by_rule: Report; before: Report; by_day: Report; names: Map<string, string>; holdouts: Map<string, number> }

const iso = (days_ago: number): string => new Date(Date.now() - days_ago * 86_400_000).toISOString().slice(0, 10);

/** `chosen`: what is filtered, as the address has it. The last day is tomorrow's: somewhere it has begun. */
async function load(days: number, chosen: string): Promise<Loaded> {
  const range = `from=${iso(days - 1)}&to=${iso(-1)}${chosen}`;
  const [by_rule, before, by_day, { rules }] = await Promise.all([
    ask<Report>('GET', `/v1/results?by=rule,arm&${range}`), ask<Report>('GET', `/v1/results?by=rule&from=${iso(2 * days - 1)}&to=${iso(days)}${chosen}`),
    ask<Report>('GET', `/v1/results?by=day&${range}`), ask<{ rules: { id: string; name: string; holdout_percent: number }[] }>('GET', '/v1/rules'),
  ]);
  return { range, by_rule, before, by_day, names: new Map(rules.map(({ id, name }) => [id, name])), holdouts: new Map(rules.map(({ id, holdout_percent }) => [id, holdout_percent])) };
}

/** One rule: both arms and the lift between them. */
export interface Line { rule: string; shown: number; accepted: number; returned_accepted: number; price_effect: Record<string, number>; treated?: Row; control?: Row; lift?: Lift }

export function lines(report: Report): Line[] {
  const out = new Map<string, Line>();
  for (const row of report.rows) {
    if (!row.rule) continue;
    const line = out.get(row.rule) ?? { rule: row.rule, shown: 0, accepted: 0, returned_accepted: 0, price_effect: {} };
    line.shown += row.shown;
    line.accepted += row.accepted;
    line.returned_accepted += row.returned_accepted;
    for (const [currency, minor] of Object.entries(row.price_effect)) line.price_effect[currency] = (line.price_effect[currency] ?? 0) + minor;
    if (row.arm === 'treated') line.treated = row;
    if (row.arm === 'control') line.control = row;
    out.set(row.rule, line);
  }
  for (const lift of report.lifts) {
    const line = out.get(lift.rule);
    if (line) line.lift = lift;
  }
  // What surely earned most stands first: by the lower end of net revenue; where none is known, by that of the attach rate.
  const earned = ({ lift }: Line) => Math.max(-Infinity, ...(lift?.money ?? []).map(surely));
  const attached = ({ lift }: Line) => (lift && told_apart(lift, lift.trust) ? lift.ppm.low : -2_000_000);
  const by = (a: number, b: number) => (a === b ? 0 : b - a);
  return [...out.values()].sort((a, b) => by(earned(a), earned(b)) || by(attached(a), attached(b)) || b.shown - a.shown || (a.rule < b.rule ? -1 : 1));
}

function Table({ report, names, holdouts }: { report: Report; names: Map<string, string>; holdouts: Map<string, number> }) {
  const all = lines(report);
  const most = farthest(all.flatMap(({ lift }) => (lift && told_apart(lift, lift.trust) ? [lift.ppm] : [])), 10_000);
  const rows = () => [
    ['rule', 'name', 'shown', 'accepted', 'eligible_treated', 'attached_treated', 'eligible_control', 'attached_control', 'lift_ppm', 'lift_low_ppm', 'lift_high_ppm', 'verdict'],
    ...all.map(({ rule, shown, accepted, treated, control, lift }) => [rule, names.get(rule) ?? rule, shown, accepted, treated?.eligible ?? 0, treated?.attached ?? 0, control?.eligible ?? 0, control?.attached ?? 0,
      ...(lift ? [lift.ppm.estimate, lift.ppm.low, lift.ppm.high, lift.verdict] : ['', '', '', ''])])];
  return <><section class="card by-rule">
    <div class="head"><h2>{say('by_rule')}</h2><Csv name="sidedish-rules" rows={rows} /></div>
    <div class="wide" tabIndex={0} role="region" aria-label={say('results')}>
      <table>
        <thead><tr><th scope="col">{say('rule')}</th><th scope="col" class="n">{say('shown')}</th><th scope="col" class="n">{say('accept_rate')}</th><th scope="col" class="n">{say('attach_with')}</th>
          <th scope="col" class="n">{say('attach_without')}</th><th scope="col">{say('lift')}</th><th scope="col">{say('verdict')}</th><th scope="col" class="n">{say('added')}</th></tr></thead>
        <tbody>{all.map(({ rule, shown, accepted, price_effect, treated, control, lift }) => <tr key={rule}>
          <th scope="row"><bdi>{names.get(rule) ?? rule}</bdi></th>
          <td class="n">{count(shown)}</td><td class="n">{share(accepted, shown)}</td>
          <td class="n">{treated ? share(treated.attached, treated.eligible) : '\u2013'}</td><td class="n">{control ? share(control.attached, control.eligible) : '\u2013'}</td>
          <td>{lift && told_apart(lift, lift.trust) && <><Bar interval={lift.ppm} most={most} /><span class="range" dir="ltr">{points(lift.ppm.low)} … {points(lift.ppm.high)}</span></>}</td>
          <td>{lift && <Judged lift={lift} holdout={holdouts.get(rule) ?? 0} name={names.get(rule) ?? rule} />}</td>
          <td class="n">{money(price_effect)}</td>
        </tr>)}</tbody>
      </table>
    </div>
  </section>
  <Earnings all={all} names={names} /></>;
}

function figures(report: Report): [Word, string[]][] {
  const { shown, accepted, baskets, sales, total, returned_accepted } = report.totals;
  const average = Object.fromEntries(Object.entries(sales).filter(([currency, n]) => currency && n > 0).map(([currency, n]) => [currency, Math.round((total[currency] ?? 0) / n)]));
  // Of rules alone: goods that come back without ever having been suggested are no loss of theirs.
  const price_effect: Record<string, number> = {};
  for (const line of lines(report)) for (const [currency, minor] of Object.entries(line.price_effect)) price_effect[currency] = (price_effect[currency] ?? 0) + minor;
  return [['shown', [count(shown)]], ['accepted', [count(accepted)]], ['accept_rate', [share(accepted, shown)]], ['added', moneys(price_effect)], ['came_back', [share(returned_accepted, accepted)]], ['baskets', [count(baskets)]], ['average', moneys(average)]];
}

/** Letters that a tile has room for in large type. */
const kRoomy = 9;

function Figures({ report, before }: { report: Report; before: Report }) {
  const was = before.totals.baskets + before.totals.shown > 0 ? new Map(figures(before)) : undefined;
  return <dl class="figures">{figures(report).map(([name, values]) => <div key={name}><dt>{say(name)}</dt><dd class={values.some((one) => one.length > kRoomy) || values.length > 1 ? 'small' : ''}>
    {values.map((one) => <span key={one}>{one}</span>)}{was && <span class="note">{say('was', { value: was.get(name)?.join(' · ') ?? '' })}</span>}</dd></div>)}</dl>;
}

/** What all of it changed: an interval and a word each. */
function Changed({ all }: { all: Lift }) {
  const range = (measured: Measured, low: string, high: string) =>
    (told_apart(measured) ? <><span class="range" dir="ltr"><span>{low} …</span> <span>{high}</span></span><span class="note">{say(measured.verdict)}</span></> : <>{'\u2013'}<span class="note">{say(measured.verdict)}</span></>);
  const tiles: [string, ComponentChildren][] = [
    [say('attach'), <>{share(all.rates.with, 1e6)}<span class="note">{say('without', { value: share(all.rates.without, 1e6) })}</span></>],
    [say('lift'), range(all, points(all.ppm.low), points(all.ppm.high))],
    ...all.money.map(({ currency, revenue }): [string, ComponentChildren] => [`${say('net_revenue')}${all.money.length > 1 ? ` (${currency})` : ''}`, range(revenue, gain(revenue.per_1000.low, currency), gain(revenue.per_1000.high, currency))]),
    ...(all.seconds ? [[say('added_seconds'), range(all.seconds, seconds(all.seconds.ms.low), seconds(all.seconds.ms.high))] as [string, ComponentChildren]] : []),
  ];
  return <section class="changed"><h2>{say('changed')}</h2><dl class="figures spans">{tiles.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl></section>;
}

export function Results({ stores }: { stores: Store[] }) {
  const person = session.value?.person;
  const own = person?.role === 'store-manager' ? stores.filter(({ id }) => person.stores.includes(id)) : stores;
  const bound = person?.role === 'store-manager';
  const at = bound && !own.some(({ id }) => id === store.value) ? '' : store.value;
  // Of all own stores together: each is named.
  const asked = at || !bound ? [at] : person.stores;
  const chosen = [...asked.map((one) => ['store', one]), ['channel', channel.value], ['daypart', daypart.value]].map(([name, value]) => (value ? `&${name}=${encodeURIComponent(value)}` : '')).join('');
  const { answer, wrong } = use_answer(`${period.value}${chosen}`, () => load(period.value, chosen));
  const judged = answer ? lines(answer.by_rule).filter(({ lift }) => lift).map(({ rule }): [string, string] => [rule, answer.names.get(rule) ?? rule]) : [];
  const zones = [...new Set(own.filter(({ id }) => !at || id === at).map(({ time_zone }) => time_zone))].sort().join(', ');
  const options: [string, string][] = [...(bound && own.length === 1 ? [] : [['', say(bound ? 'own_stores' : 'all_stores')] as [string, string]]), ...own.map(({ id, name }) => [id, name] as [string, string])];
  return <>
    <div class="head"><h1>{say('results')}</h1>
      <div class="filters">
        <Select label={say('period')} value={String(period.value)} options={[7, 28, 90, 365].map((n) => [String(n), say('days', { count: n })])} choose={(n) => { period.value = Number(n); }} />
        <Select label={say('store')} value={at} options={options} choose={(id) => { store.value = id; }} />
        <Select label={say('channel')} value={channel.value} options={[['', say('all_channels')], ['cashier', say('channel_cashier')], ['kiosk', say('channel_kiosk')], ['receipt', say('channel_receipt')]]} choose={(id) => { channel.value = id; }} />
        <Select label={say('daypart')} value={daypart.value} options={[['', say('whole_day')], ...dayparts.map((one): [string, string] => [one, say(`daypart_${one}`)])]} choose={(id) => { daypart.value = id; }} />
      </div>
    </div>
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    {!answer && wrong === undefined && <Skeleton />}
    {answer && <>
      <p class="quiet">{say('period_is', { zones, from: day(answer.by_rule.from, language.value), to: day(iso(0), language.value) })} {say('compared', { from: day(answer.before.from, language.value), to: day(answer.before.to, language.value) })}</p>
      {answer.by_rule.sources.gaps > 0 && <Notice>{say('missing', { count: answer.by_rule.sources.gaps })}</Notice>}
      {answer.by_rule.rows.length === 0 ? <p class="card empty">{say('no_results')}</p> : <>
        <Figures report={answer.by_rule} before={answer.before} />
        {answer.by_rule.all && <Changed all={answer.by_rule.all} />}
        <Table report={answer.by_rule} names={answer.names} holdouts={answer.holdouts} />
        <Days report={answer.by_day} />
        {judged.length > 0 && <><Attached rules={judged} range={answer.range} /><Where rules={judged} range={answer.range} stores={stores} /></>}
        <Declined report={answer.by_rule} names={answer.names} />
      </>}
      <details class="card"><summary>{say('definitions')}</summary>
        {(['def_attach', 'def_lift', 'def_all', 'def_unit', 'def_revenue', 'def_margin', 'def_seconds', 'def_accept', 'def_came_back', 'def_added', 'def_average', 'def_daypart', 'def_compared'] as const).map((key) => <p key={key}>{say(key)}</p>)}
      </details>
    </>}
  </>;
}
