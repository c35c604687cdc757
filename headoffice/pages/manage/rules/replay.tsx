// The draft over last week's real baskets: what it would have done, and what kept it silent. Every number opens the baskets behind it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { day } from '../../../../sdk/js/shared/money';
import { language } from '../../../../sdk/js/shared/i18n';
import { ask, Refusal } from '../api';
import { count, moment } from '../format';
import { Notice } from '../parts';
import { told } from '../sign_in';
import { is_word, say, type Word } from '../words';
import { written } from './cash';
import type { Editing } from './editing';
import type { Condition, Pack, Rule } from './model';
import { get } from './pointer';
import { condition_words } from './sentence';

const kPoll = 300; // ms between looks
interface Part { of: string; why: string; baskets: number; samples: number[] }
interface Range { low: number; likely: number; high: number }
interface Sample { id: number; store: string; at: string; why: string; total: number; lines: { product: string; name: string; quantity: string; value: number }[] }
interface Result {
  baskets: number; prompted: number; already_bought: number; not_qualified: number; blocked: number; lost: number; silent: number;
  prompted_samples: number[]; already_bought_samples: number[]; conditions: Part[]; guards: Part[]; lost_to: Part[]; silences: Part[];
  estimate: { basis: 'measured' | 'assumed'; extra_adds: Range; margin: Range }; samples: Sample[];
}
interface Run { id: string; state: 'waiting' | 'running' | 'done' | 'stopped' | 'failed'; done: number; of: number; from: string; to: string; trouble?: string; result?: Result }

function Baskets({ ids, result, pack }: { ids: number[]; result: Result; pack: Pack }) {
  const all = result.samples.filter(({ id }) => ids.includes(id));
  if (all.length === 0) return null;
  return <ul class="baskets">{all.map((one) => <li key={one.id}><span class="note">{moment(one.at)} · {one.store}</span>
    {one.lines.map((line) => `${count(Number(line.quantity))} × ${line.name}`).join(', ')} <strong>{written(one.total, pack, language.value)}</strong></li>)}</ul>;
}

interface LineProps { text: string; n: number; of: number; samples: number[]; result: Result; pack: Pack; main?: boolean }
function Line({ text, n, of, samples, result, pack, main = false }: LineProps) {
  if (n === 0 && !main) return null;
  const share = new Intl.NumberFormat(language.value, { style: 'percent', maximumFractionDigits: 1 }).format(of === 0 ? 0 : n / of);
  const row = <><span class="what">{text}</span><strong class="n">{count(n)}</strong><span class="n quiet">{share}</span></>;
  return <li class={main ? 'main-line' : ''}>{samples.length > 0 ? <details><summary class="tally">{row}</summary><Baskets ids={samples} result={result} pack={pack} /></details> : <span class="tally">{row}</span>}</li>;
}

function Outcome({ result, rule, pack }: { result: Result; rule: Rule; pack: Pack }) {
  const { estimate } = result;
  const failed = ({ of, why }: Part): string => {
    const condition = get(rule, of.replace(/\/(has|lacks|total|dates|daypart)$/, '')) as Condition | undefined;
    return say('rules.replay_not', { what: of !== '' && condition && typeof condition === 'object' && Object.keys(condition).length === 1 ? condition_words(pack, condition) : why });
  };
  const guard = ({ of, why }: Part): string => (is_word(`rules.guard_${of}`) ? say(`rules.guard_${of}` as Word) : why || say('rules.guard_other'));
  const line = (text: string, n: number, samples: number[], main = false) => <Line key={text} text={text} n={n} of={result.baskets} samples={samples} result={result} pack={pack} main={main} />;
  return <>
    <ul class="tallies">
      {line(say('rules.replay_prompted'), result.prompted, result.prompted_samples, true)}
      {line(say('rules.replay_already'), result.already_bought, result.already_bought_samples)}
      {result.conditions.map((one) => line(failed(one), one.baskets, one.samples))}
      {result.guards.map((one) => line(guard(one), one.baskets, one.samples))}
      {result.lost_to.map((one) => line(say('rules.replay_lost', { rule: one.why || one.of }), one.baskets, one.samples))}
      {line(say('rules.replay_silent'), result.silent, result.silences.flatMap(({ samples }) => samples))}
      {line(say('rules.replay_all'), result.baskets, [], true)}
    </ul>
    {result.prompted > 0 && <p><strong>{say('rules.replay_estimate', {
      adds: `${count(estimate.extra_adds.low)} … ${count(estimate.extra_adds.high)}`,
      margin: `${written(estimate.margin.low, pack, language.value)} … ${written(estimate.margin.high, pack, language.value)}`,
    })}</strong> <span class="quiet">{say(estimate.basis === 'measured' ? 'rules.replay_measured' : 'rules.replay_guess')}</span></p>}
  </>;
}

export function Replay({ editing, pack }: { editing: Editing; pack: Pack }) {
  const run = useSignal<Run | undefined>(undefined);
  const over = useSignal<Rule | undefined>(undefined);
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
    try {
      run.value = await ask<Run>('POST', `/v1/packs/${encodeURIComponent(pack.id)}/replay`, { rule: over.value });
    } catch (error) {
      wrong.value = error;
    }
  };
  const now = run.value;
  const stale = now?.result !== undefined && over.value !== editing.rule.value;
  return <section class="card" aria-labelledby="replay">
    <div class="head"><h2 id="replay">{say('rules.replay')}</h2>
      {editing.mistakes.value.length === 0 && <button type="button" class="plain" aria-disabled={running} onClick={() => void begin()}>{say(run.value ? 'rules.replay_again' : 'rules.replay_begin')}</button>}</div>
    <p class="quiet">{now !== undefined ? say('rules.replay_days', { from: day(now.from, language.value), to: day(now.to, language.value) }) : say('rules.replay_hint')}</p>
    {wrong.value !== undefined && <Notice bad>{wrong.value instanceof Refusal && wrong.value.status === 422 ? say('rules.replay_mend') : told(wrong.value)}</Notice>}
    {running && now && late.value && <p role="status"><label>{say('rules.replay_runs')} <progress max={Math.max(1, now.of)} value={now.done} /></label></p>}
    {now?.state === 'failed' && <Notice bad>{say('failed', { detail: now.trouble ?? '' })}</Notice>}
    {stale && <p class="warned">{say('rules.replay_stale')}</p>}
    {now?.result && over.value && <Outcome result={now.result} rule={over.value} pack={pack} />}
  </section>;
}
