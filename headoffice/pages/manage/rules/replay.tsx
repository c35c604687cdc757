// The draft over last week's real baskets: what it would have done, and what kept it silent. Every number opens the baskets behind it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { day } from '../../../../sdk/js/shared/money';
import { language } from '../../../../sdk/js/shared/i18n';
import { ask, Refusal, session } from '../api';
import { count, moment } from '../format';
import { Notice } from '../parts';
import { told } from '../sign_in';
import { is_word, say, type Word } from '../words';
import { written } from './cash';
import type { Editing } from './editing';
import type { Condition, Pack, Rule } from './model';
import { store } from './names';
import { get } from './pointer';
import { condition_words, list } from './sentence';

const kPoll = 300; // ms between looks
interface Part { of: string; why: string; baskets: number; samples: number[] }
interface Range { low: number; likely: number; high: number }
interface Sample { id: number; store: string; at: string; why: string; held_out?: true; found?: string; found_value?: number; total: number; lines: { product: string; name: string; quantity: string; value: number }[] }
interface Result {
  baskets: number; prompted: number; already_bought: number; not_qualified: number; blocked: number; lost: number; silent: number;
  prompted_samples: number[]; already_bought_samples: number[]; conditions: Part[]; guards: Part[]; lost_to: Part[]; silences: Part[];
  estimate: { basis: 'measured' | 'assumed'; extra_adds: Range; margin: Range }; samples: Sample[];
}
interface Run { id: string; state: 'waiting' | 'running' | 'done' | 'stopped' | 'failed'; done: number; of: number; stores: string[]; from: string; to: string; trouble?: string; result?: Result }

function Baskets({ text, n, samples, result, pack }: LineProps) {
  const all = result.samples.filter(({ id }) => samples.includes(id));
  if (all.length === 0) return null;
  const why = ({ held_out, found, found_value: value }: Sample): string => {
    if (held_out) return say('rules.replay_held');
    const there = found !== undefined ? count(Number(found)) : value !== undefined ? written(value, pack, language.value) : undefined;
    return there === undefined ? text : `${text} · ${say('rules.replay_found', { found: there })}`;
  };
  return <>{n > all.length && <p class="quiet">{say('rules.replay_first', { first: all.length, all: n })}</p>}
    <ul class="baskets">{all.map((one) => <li key={one.id}><span class="note">{moment(one.at)} · {store(pack, one.store)}</span>
      {one.lines.map((line) => `${count(Number(line.quantity))} × ${line.name}`).join(', ')} <strong>{written(one.total, pack, language.value)}</strong><span class="why quiet">{why(one)}</span></li>)}</ul></>;
}

interface LineProps { text: string; n: number; samples: number[]; result: Result; pack: Pack; main?: boolean }
function Line(props: LineProps) {
  const { text, n, samples, result: { baskets: of }, main = false } = props;
  if (n === 0 && !main) return null;
  const share = new Intl.NumberFormat(language.value, { style: 'percent', maximumFractionDigits: 1 }).format(of === 0 ? 0 : n / of);
  const row = <><span class="what">{text}</span><strong class="n">{count(n)}</strong><span class="n quiet">{share}</span></>;
  return <li class={main ? 'main-line' : ''}>{samples.length > 0 ? <details><summary class="tally">{row}</summary><Baskets {...props} /></details> : <span class="tally">{row}</span>}</li>;
}

function Outcome({ result, rule, pack }: { result: Result; rule: Rule; pack: Pack }) {
  const { estimate } = result;
  const failed = ({ of, why }: Part): string => {
    if (of === '') return say('rules.replay_not', { what: say('rules.replay_moment') });
    const condition = get(rule, of.replace(/\/(has|lacks|total|dates|daypart)$/, '')) as Condition | undefined;
    return say('rules.replay_not', { what: condition && typeof condition === 'object' && Object.keys(condition).length === 1 ? condition_words(pack, condition) : why });
  };
  const named = (kind: 'guard' | 'silence', { of, why }: Part): string => (is_word(`rules.${kind}_${of}`) ? say(`rules.${kind}_${of}` as Word) : why || say('rules.guard_other'));
  const line = (key: string, text: string, n: number, samples: number[], main = false) => <Line key={key} text={text} n={n} samples={samples} result={result} pack={pack} main={main} />;
  return <>
    <ul class="tallies">
      {line('prompted', say('rules.replay_prompted'), result.prompted, result.prompted_samples, true)}
      {line('already', say('rules.replay_already'), result.already_bought, result.already_bought_samples)}
      {result.conditions.map((one) => line(`not${one.of}`, failed(one), one.baskets, one.samples))}
      {result.guards.map((one) => line(`guard_${one.of}`, named('guard', one), one.baskets, one.samples))}
      {result.lost_to.map((one) => line(`lost_${one.of}`, say('rules.replay_lost', { rule: one.why || one.of }), one.baskets, one.samples))}
      {result.silences.map((one) => line(`silence_${one.of}`, `${say('rules.replay_silent')}: ${named('silence', one)}`, one.baskets, one.samples))}
      {line('all', say('rules.replay_all'), result.baskets, [], true)}
    </ul>
    {result.prompted > 0 && <p><strong>{say('rules.replay_estimate', {
      adds: `${count(estimate.extra_adds.low)} … ${count(estimate.extra_adds.high)}`,
      margin: `${written(estimate.margin.low, pack, language.value)} … ${written(estimate.margin.high, pack, language.value)}`,
    })}</strong> <span class="quiet">{say(estimate.basis === 'measured' ? 'rules.replay_measured' : 'rules.replay_guess')}</span></p>}
  </>;
}

interface Over { stores: string[]; from: string; to: string }
/** Which baskets: of which stores, a store manager's own at most, and which days. Nothing chosen: all of them, the last week. */
function Choice({ over, set, pack }: { over: Over; set: (over: Over) => void; pack: Pack }) {
  const person = session.value?.person;
  const bound = person?.role === 'store-manager';
  const all = pack.stores.filter(({ id }) => !bound || person.stores.includes(id));
  const picked = all.filter(({ id }) => over.stores.includes(id));
  const tick = (id: string, on: boolean) => set({ ...over, stores: on ? [...over.stores, id] : over.stores.filter((one) => one !== id) });
  const field = (name: 'from' | 'to', label: Word) => <label class="field"><span>{say(label)}</span><input type="date" name={`replay-${name}`} value={over[name]} onInput={(event) => set({ ...over, [name]: event.currentTarget.value })} /></label>;
  return <div class="row over">
    <details><summary>{say('stores')}: {picked.length > 0 ? list(picked.map(({ name }) => name)) : say(bound ? 'own_stores' : 'all_stores')}</summary>
      <fieldset class="out-tills"><legend class="unseen">{say('stores')}</legend>{all.map(({ id, name }) => <label key={id} class="check"><input type="checkbox" name="replay-store" value={id} checked={over.stores.includes(id)} onChange={(event) => tick(id, event.currentTarget.checked)} />{name}</label>)}</fieldset></details>
    {field('from', 'rules.first_day')}{field('to', 'rules.last_day')}
  </div>;
}

export function Replay({ editing, pack }: { editing: Editing; pack: Pack }) {
  const run = useSignal<Run | undefined>(undefined);
  const over = useSignal<Rule | undefined>(undefined);
  const choice = useSignal<Over>({ stores: [], from: '', to: '' });
  const wrong = useSignal<unknown>(undefined);
  const late = useSignal(false);
  const running = run.value?.state === 'waiting' || run.value?.state === 'running';
  useEffect(() => {
    const id = run.value?.id;
    if (!running || id === undefined) return undefined;
    const timer = setTimeout(() => {
      late.value = true;
      void ask<Run>('GET', `/v1/replays/${encodeURIComponent(id)}`).then((now) => { run.value = now; }, (error: unknown) => { wrong.value = error; run.value = undefined; });
    }, kPoll);
    return () => clearTimeout(timer);
  }, [run.value]);
  const begin = async () => {
    if (running) return;
    wrong.value = undefined;
    late.value = false;
    over.value = editing.rule.peek();
    const { stores, from, to } = choice.peek();
    try {
      run.value = await ask<Run>('POST', `/v1/packs/${encodeURIComponent(pack.id)}/replay`, { rule: over.value, ...(stores.length > 0 ? { stores } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}) });
    } catch (error) {
      wrong.value = error;
    }
  };
  const now = run.value;
  const stale = now?.result !== undefined && over.value !== editing.rule.value;
  return <section class="card" aria-labelledby="replay">
    <div class="head"><h2 id="replay">{say('rules.replay')}</h2>
      {editing.mistakes.value.length === 0 && <button type="button" class="plain" aria-disabled={running} onClick={() => void begin()}>{say(run.value ? 'rules.replay_again' : 'rules.replay_begin')}</button>}</div>
    <p class="quiet">{now !== undefined ? `${say('rules.replay_days', { from: day(now.from, language.value), to: day(now.to, language.value) })} · ${list(now.stores.map((id) => store(pack, id)))}` : say('rules.replay_hint')}</p>
    <Choice over={choice.value} set={(next) => { choice.value = next; }} pack={pack} />
    {wrong.value !== undefined && <Notice bad>{wrong.value instanceof Refusal && wrong.value.status === 422 ? say(wrong.value.errors.some(({ pointer }) => pointer === '/from' || pointer === '/to') ? 'rules.replay_span' : 'rules.replay_mend') : told(wrong.value)}</Notice>}
    {running && now && late.value && <p role="status"><label>{say('rules.replay_runs')} <progress max={Math.max(1, now.of)} value={now.done} /></label></p>}
    {now?.state === 'failed' && <Notice bad>{say('failed', { detail: now.trouble ?? '' })}</Notice>}
    {stale && <p class="warned">{say('rules.replay_stale')}</p>}
    {now?.result && over.value && <Outcome result={now.result} rule={over.value} pack={pack} />}
  </section>;
}
