// What the rules changed: figures, one row a rule with its lift, and the days.
import { signal } from '@preact/signals';

import { day } from '../../../sdk/js/shared/money';
import { language } from '../../../sdk/js/shared/i18n';
import { ask, type Lift, type Report, type Row, session, type Store } from './api';
import { Days } from './days';
import { count, money, points, share } from './format';
import { Csv, Notice, Select, use_answer } from './parts';
import { told } from './sign_in';
import { say, type Word } from './words';

const period = signal(28);
const store = signal('');

interface Loaded { by_rule: Report; by_day: Report; names: Map<string, string> }

const iso = (days_ago: number): string => new Date(Date.now() - days_ago * 86_400_000).toISOString().slice(0, 10);

async function load(days: number, at: string): Promise<Loaded> {
  const range = `from=${iso(days)}&to=${iso(-1)}${at ? `&store=${encodeURIComponent(at)}` : ''}`;
  const [by_rule, by_day, { rules }] = await Promise.all([
    ask<Report>('GET', `/v1/results?by=rule,arm&${range}`), ask<Report>('GET', `/v1/results?by=day&${range}`),
    ask<{ rules: { id: string; name: string }[] }>('GET', '/v1/rules'),
  ]);
  return { by_rule, by_day, names: new Map(rules.map(({ id, name }) => [id, name])) };
}

/** One rule: both arms and the lift between them. */
export interface Line { rule: string; shown: number; accepted: number; price_effect: Record<string, number>; treated?: Row; control?: Row; lift?: Lift }

export function lines(report: Report): Line[] {
  const out = new Map<string, Line>();
  for (const row of report.rows) {
    if (!row.rule) continue;
    const line = out.get(row.rule) ?? { rule: row.rule, shown: 0, accepted: 0, price_effect: {} };
    line.shown += row.shown;
    line.accepted += row.accepted;
    for (const [currency, minor] of Object.entries(row.price_effect)) line.price_effect[currency] = (line.price_effect[currency] ?? 0) + minor;
    if (row.arm === 'treated') line.treated = row;
    if (row.arm === 'control') line.control = row;
    out.set(row.rule, line);
  }
  for (const lift of report.lifts) {
    const line = out.get(lift.rule);
    if (line) line.lift = lift;
  }
  // What surely earns stands first: by the lower end of the interval.
  const sure = (line: Line) => (line.lift && line.lift.verdict !== 'not_enough_data' ? line.lift.ppm.low : -2_000_000);
  return [...out.values()].sort((a, b) => sure(b) - sure(a) || b.shown - a.shown || (a.rule < b.rule ? -1 : 1));
}

/** The interval against zero. One scale for all rows, so that rows can be compared. */
function Bar({ lift, most }: { lift: Lift; most: number }) {
  const at = (ppm: number) => 50 + 48 * Math.max(-1, Math.min(1, ppm / most));
  return <svg class="bar" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
    <line class="zero" x1="50" x2="50" y1="0" y2="16" />
    <line class="whisker" x1={at(lift.ppm.low)} x2={at(lift.ppm.high)} y1="8" y2="8" />
    <rect class="dot" x={at(lift.ppm.estimate) - 1} y="3" width="2" height="10" />
  </svg>;
}

function Verdict({ lift }: { lift: Lift }) {
  const judged = lift.trust === 'ok' && lift.verdict !== 'not_enough_data';
  return <>
    <strong class={`word ${judged ? lift.verdict : ''}`}>{say(lift.verdict)}</strong>
    {lift.trust === 'split' && <span class="note wrong">{say('bad_split')}</span>}
    {lift.trust === 'ends' && <span class="note wrong">{say('bad_ends')}</span>}
    {lift.verdict_on && <span class="note">{say('verdict_on', { day: day(lift.verdict_on, language.value) })}</span>}
    {!lift.alone && (lift.verdict === 'better' || lift.verdict === 'worse') && <span class="note">{say('maybe_luck')}</span>}
  </>;
}

function Table({ report, names }: { report: Report; names: Map<string, string> }) {
  const all = lines(report);
  const enough = all.flatMap(({ lift }) => (lift && lift.verdict !== 'not_enough_data' ? [lift] : []));
  const most = Math.max(10_000, ...enough.flatMap(({ ppm }) => [Math.abs(ppm.low), Math.abs(ppm.high)]));
  const rows = () => [
    ['rule', 'name', 'shown', 'accepted', 'eligible_treated', 'attached_treated', 'eligible_control', 'attached_control', 'lift_ppm', 'lift_low_ppm', 'lift_high_ppm', 'verdict'],
    ...all.map(({ rule, shown, accepted, treated, control, lift }) => [rule, names.get(rule) ?? rule, shown, accepted, treated?.eligible ?? 0, treated?.attached ?? 0, control?.eligible ?? 0, control?.attached ?? 0,
      ...(lift ? [lift.ppm.estimate, lift.ppm.low, lift.ppm.high, lift.verdict] : ['', '', '', ''])])];
  return <section class="card">
    <div class="head"><h2>{say('by_rule')}</h2><Csv name="sidedish-rules" rows={rows} /></div>
    <div class="wide" tabIndex={0} role="region" aria-label={say('results')}>
      <table>
        <thead><tr><th scope="col">{say('rule')}</th><th scope="col" class="n">{say('shown')}</th><th scope="col" class="n">{say('accept_rate')}</th><th scope="col" class="n">{say('attach_with')}</th>
          <th scope="col" class="n">{say('attach_without')}</th><th scope="col">{say('lift')}</th><th scope="col">{say('verdict')}</th><th scope="col" class="n">{say('added')}</th></tr></thead>
        <tbody>{all.map(({ rule, shown, accepted, price_effect, treated, control, lift }) => <tr key={rule}>
          <th scope="row">{names.get(rule) ?? rule}</th>
          <td class="n">{count(shown)}</td><td class="n">{share(accepted, shown)}</td>
          <td class="n">{treated ? share(treated.attached, treated.eligible) : '\u2013'}</td><td class="n">{control ? share(control.attached, control.eligible) : '\u2013'}</td>
          <td>{lift && lift.verdict !== 'not_enough_data' && <><Bar lift={lift} most={most} /><span class="range" dir="ltr">{points(lift.ppm.low)} … {points(lift.ppm.high)}</span></>}</td>
          <td>{lift && <Verdict lift={lift} />}</td>
          <td class="n">{money(price_effect)}</td>
        </tr>)}</tbody>
      </table>
    </div>
  </section>;
}

function Figures({ report }: { report: Report }) {
  const { shown, accepted, baskets } = report.totals;
  // Of rules alone: goods that come back without ever having been suggested are no loss of theirs.
  const price_effect: Record<string, number> = {};
  for (const line of lines(report)) for (const [currency, minor] of Object.entries(line.price_effect)) price_effect[currency] = (price_effect[currency] ?? 0) + minor;
  const figures: [Word, string][] = [['shown', count(shown)], ['accepted', count(accepted)], ['accept_rate', share(accepted, shown)], ['added', money(price_effect)], ['baskets', count(baskets)]];
  return <dl class="figures">{figures.map(([name, value]) => <div key={name}><dt>{say(name)}</dt><dd>{value}</dd></div>)}</dl>;
}

export function Results({ stores }: { stores: Store[] }) {
  const person = session.value?.person;
  const own = person?.role === 'store-manager' ? stores.filter(({ id }) => person.stores.includes(id)) : stores;
  const bound = person?.role === 'store-manager';
  const at = bound && !own.some(({ id }) => id === store.value) ? own[0]?.id ?? person.stores[0] ?? '' : store.value;
  const { answer, wrong } = use_answer(`${period.value} ${at}`, () => load(period.value, at));
  const options: [string, string][] = [...(bound ? [] : [['', say('all_stores')] as [string, string]]), ...own.map(({ id, name }) => [id, name] as [string, string])];
  return <>
    <div class="head"><h1>{say('results')}</h1>
      <div class="filters">
        <Select label={say('period')} value={String(period.value)} options={[7, 28, 90, 365].map((n) => [String(n), say('days', { count: n })])} choose={(n) => { period.value = Number(n); }} />
        <Select label={say('store')} value={at} options={options} choose={(id) => { store.value = id; }} />
      </div>
    </div>
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    {!answer && wrong === undefined && <p class="quiet">{say('loading')}</p>}
    {answer && <>
      <p class="quiet">{say('period_is', { from: day(answer.by_rule.from, language.value), to: day(iso(0), language.value) })}</p>
      {answer.by_rule.sources.gaps > 0 && <Notice>{say('missing', { count: answer.by_rule.sources.gaps })}</Notice>}
      {answer.by_rule.rows.length === 0 ? <p class="card empty">{say('no_results')}</p> : <>
        <Figures report={answer.by_rule} />
        <Table report={answer.by_rule} names={answer.names} />
        <Days report={answer.by_day} />
      </>}
      <details class="card"><summary>{say('definitions')}</summary>
        {(['def_attach', 'def_lift', 'def_accept', 'def_added'] as const).map((key) => <p key={key}>{say(key)}</p>)}
      </details>
    </>}
  </>;
}
