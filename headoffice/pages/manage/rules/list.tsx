// All rules of a pack: what each does in words, how it runs, what it earned; several at once.
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { language } from '../../../../sdk/js/shared/i18n';
import { ask, type Lift, type Report, session } from '../api';
import { count, points, share } from '../format';
import { Notice, Select, Skeleton, use_answer } from '../parts';
import { told } from '../sign_in';
import { say, type Word } from '../words';
import { Bulk } from './bulk';
import { kinds, newest, type Pack, type Rule, rows_of, type RuleRow, type State, states } from './model';
import { known, lacking, store as store_name } from './names';
import { conditions_of, kind_of, offer_words, runs_words, trigger_words } from './sentence';

const kPage = 100;
const kDays = 28;

const query = signal('');
const state = signal<State | ''>('');
const store = signal('');
const page = signal(1);
const selected = signal<ReadonlySet<string>>(new Set());

interface Earned { shown: number; accepted: number; lift?: Lift }

/** Undefined: figures are of all stores. */
const own_stores = (): string[] | undefined => { const person = session.peek()?.person; return person?.role === 'store-manager' ? person.stores : undefined; };

async function earned(): Promise<Map<string, Earned>> {
  const from = new Date(Date.now() - (kDays - 1) * 86_400_000).toISOString().slice(0, 10);
  const own = (own_stores() ?? []).map((one) => `&store=${encodeURIComponent(one)}`).join('');
  const report = await ask<Report>('GET', `/v1/results?by=rule,arm&from=${from}&to=${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)}${own}`);
  const out = new Map<string, Earned>();
  for (const { rule, shown, accepted } of report.rows) {
    const sum = out.get(rule ?? '') ?? { shown: 0, accepted: 0 };
    out.set(rule ?? '', { shown: sum.shown + shown, accepted: sum.accepted + accepted });
  }
  for (const lift of report.lifts) out.set(lift.rule, { ...(out.get(lift.rule) ?? { shown: 0, accepted: 0 }), lift });
  return out;
}

/** Whether a rule may speak in a store, as far as it names stores. */
const runs_in = (rule: Rule | null, id: string): boolean =>
  conditions_of(rule?.when).every((one) => kind_of(one) !== 'store' || (one['store'] as string[]).includes(id));

/** What a rule is found by: made once, and again when names that it lacked have come, or in another language. */
const texts = new WeakMap<RuleRow, { text: string; tag: string; names: unknown }>();
function text_of(pack: Pack, row: RuleRow, rule: Rule | null): string {
  const have = texts.get(row);
  if (have && have.tag === language.value && (have.names === undefined || have.names === known.value)) return have.text;
  const lacked = lacking();
  const text = `${row.id} ${row.name} ${rule ? `${trigger_words(pack, rule)} ${offer_words(pack, rule)} ${JSON.stringify(rule.text ?? {})}` : ''}`.toLowerCase();
  texts.set(row, { text, tag: language.value, names: lacking() === lacked ? undefined : known.value });
  return text;
}

function matches(pack: Pack, row: RuleRow, words: string[]): boolean {
  const rule = newest(row) ?? row.published;
  if (state.value && row.state !== state.value && row.draft?.state !== state.value) return false;
  if (!state.value && row.state === 'archived') return false;
  if (store.value && !runs_in(rule, store.value)) return false;
  if (words.length === 0) return true;
  const text = text_of(pack, row, rule);
  return words.every((word) => text.includes(word));
}

export function StateWord({ row }: { row: RuleRow }) {
  const draft = row.draft && row.published ? say(row.draft.rule === null ? 'rules.draft_archives' : (`rules.draft_${row.draft.state}` as Word)) : undefined;
  return <><span class={`state is-${row.state}`}>{say(`rules.state_${row.state}` as Word)}</span>{draft && <span class="note">{draft}</span>}</>;
}

function LiftCell({ lift }: { lift: Lift | undefined }) {
  if (!lift) return <>{'\u2013'}</>;
  if (lift.trust !== 'ok') return <span class="note wrong">{say(`bad_${lift.trust}`)}</span>;
  if (lift.verdict === 'not_enough_data') return <span class="quiet">{say('not_enough_data')}</span>;
  return <><span class="range" dir="ltr">{points(lift.ppm.low)} … {points(lift.ppm.high)}</span> <span class={`word ${lift.verdict}`}>{say(lift.verdict)}</span></>;
}

function Row({ pack, row, figures }: { pack: Pack; row: RuleRow; figures: Earned | undefined }) {
  const rule = newest(row) ?? row.published;
  const choose = (on: boolean) => {
    const next = new Set(selected.peek());
    if (on) next.add(row.id); else next.delete(row.id);
    selected.value = next;
  };
  return <tr>
    <td class="tick"><input type="checkbox" aria-label={say('rules.select', { rule: row.name })} checked={selected.value.has(row.id)} onChange={(event) => choose(event.currentTarget.checked)} /></td>
    <td><StateWord row={row} /></td>
    <th scope="row"><a href={`#rules/${encodeURIComponent(pack.id)}/${encodeURIComponent(row.id)}`}><bdi>{row.name || row.id}</bdi></a><span class="note">{say(`rules.kind_${row.kind}` as Word)}</span></th>
    <td class="does">{rule && <>{trigger_words(pack, rule)} <span class="arrow" aria-label={say('rules.offers_arrow')} role="img" /> {offer_words(pack, rule)}</>}</td>
    <td>{(rule && runs_words(rule)) || '\u2013'}</td>
    <td class="n">{figures ? count(figures.shown) : '\u2013'}</td>
    <td class="n">{figures ? share(figures.accepted, figures.shown) : '\u2013'}</td>
    <td><LiftCell lift={figures?.lift} /></td>
  </tr>;
}

/** "/" goes to the search from anywhere that is no field. */
function use_slash(field: { current: HTMLInputElement | null }): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest('input, textarea, select')) return;
      event.preventDefault();
      field.current?.focus();
    };
    addEventListener('keydown', listener);
    return () => removeEventListener('keydown', listener);
  }, []);
}

function Empty({ filtered }: { filtered: boolean }) {
  return <div class="card empty"><p>{say(filtered ? 'rules.none_found' : 'rules.none_yet')}</p>
    {filtered && <button class="plain" onClick={() => { query.value = ''; state.value = ''; store.value = ''; }}>{say('rules.show_all')}</button>}</div>;
}

export function List({ pack, may_edit }: { pack: Pack; may_edit: boolean }) {
  const { answer: rows, wrong, again } = use_answer(`rules ${pack.id}`, () => rows_of(pack.id));
  const { answer: figures } = use_answer(`earned ${pack.id}`, earned);
  const field = useRef<HTMLInputElement>(null);
  use_slash(field);
  useEffect(() => { selected.value = new Set(); }, [pack.id]);
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = (rows ?? []).filter((row) => matches(pack, row, words));
  const drawn = found.slice(0, page.value * kPage);
  const all = drawn.length > 0 && drawn.every(({ id }) => selected.value.has(id));
  const own = own_stores();
  const filtered = query.value.trim() !== '' || state.value !== '' || store.value !== '';
  return <>
    <div class="filters find">
      <label class="select"><span>{say('rules.search')} <kbd>/</kbd></span>
        <input ref={field} type="search" value={query.value} onInput={(event) => { query.value = event.currentTarget.value; page.value = 1; }} /></label>
      <Select label={say('state')} value={state.value} options={[['', say('rules.all_states')], ...states.map((one) => [one, say(`rules.state_${one}` as Word)] as [string, string])]} choose={(one) => { state.value = one as State | ''; page.value = 1; }} />
      <Select label={say('store')} value={store.value} options={[['', say('all_stores')], ...pack.stores.map(({ id, name }) => [id, name] as [string, string])]} choose={(id) => { store.value = id; page.value = 1; }} />
      {may_edit && <details class="menu new"><summary class="main">{say('rules.new')}</summary>
        <div>{kinds.map((kind) => <a key={kind} href={`#rules/${encodeURIComponent(pack.id)}/+${kind}`}><strong>{say(`rules.kind_${kind}` as Word)}</strong><span class="note">{say(`rules.kind_${kind}_hint` as Word)}</span></a>)}</div>
      </details>}
    </div>
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    {!rows && wrong === undefined && <Skeleton />}
    {rows && <Bulk pack={pack} rows={rows} selected={selected} again={again} />}
    {rows && (found.length === 0 ? <Empty filtered={filtered && rows.length > 0} /> : <section class="card">
      <div class="wide" tabIndex={0} role="region" aria-label={say('rules')}><table class="rules">
        <thead><tr>
          <td class="tick"><input type="checkbox" aria-label={say('rules.select_all')} checked={all} onChange={(event) => { selected.value = new Set(event.currentTarget.checked ? drawn.map(({ id }) => id) : []); }} /></td>
          <th scope="col">{say('state')}</th><th scope="col">{say('rule')}</th><th scope="col">{say('rules.does')}</th><th scope="col">{say('rules.dates')}</th>
          <th scope="col" class="n">{say('shown')}</th><th scope="col" class="n">{say('accept_rate')}</th><th scope="col">{say('lift')}</th></tr></thead>
        <tbody>{drawn.map((row) => <Row key={row.id} pack={pack} row={row} figures={figures?.get(row.id)} />)}</tbody>
      </table></div>
      <p class="quiet" role="status">{say('rules.found', { count: found.length })} {say('rules.figures_of', { count: kDays })}{own && <> {say('own_stores')}: <bdi>{own.map((id) => store_name(pack, id)).join(', ')}</bdi></>}</p>
      {drawn.length < found.length && <button class="plain" onClick={() => { page.value += 1; }}>{say('rules.show_more')}</button>}
    </section>)}
  </>;
}
