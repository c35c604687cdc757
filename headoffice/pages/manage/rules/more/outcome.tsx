// What became of every basket of a replay: numbers, and behind each the first baskets, which say why.
import { language } from '../../../../../sdk/js/shared/i18n';
import { count, moment } from '../../format';
import { written } from '../../cash';
import { silent_words } from '../../seldom/seldom';
import type { Condition, Pack, Rule } from '../model';
import { store } from '../names';
import { get } from '../pointer';
import { condition_words } from '../sentence';
import { say } from './words';

interface Part { of: string; why: string; baskets: number; samples: number[] }
interface Range { low: number; likely: number; high: number }
interface Sample { id: number; store: string; at: string; why: string; held_out?: true; found?: string; found_value?: number; total: number; lines: { product: string; name: string; quantity: string; value: number }[] }
export interface Result {
  baskets: number; prompted: number; already_bought: number; not_qualified: number; blocked: number; lost: number; silent: number;
  prompted_samples: number[]; already_bought_samples: number[]; conditions: Part[]; guards: Part[]; lost_to: Part[]; silences: Part[];
  estimate: { basis: 'measured' | 'assumed'; extra_adds: Range; margin: Range }; samples: Sample[];
}

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

export function Outcome({ result, rule, pack }: { result: Result; rule: Rule; pack: Pack }) {
  const { estimate } = result;
  const failed = ({ of, why }: Part): string => {
    if (of === '') return say('rules.replay_not', { what: say('rules.replay_moment') });
    const condition = get(rule, of.replace(/\/(has|lacks|total|dates|daypart)$/, '')) as Condition | undefined;
    return say('rules.replay_not', { what: condition && typeof condition === 'object' && Object.keys(condition).length === 1 ? condition_words(pack, condition) : why });
  };
  const line = (key: string, text: string, n: number, samples: number[], main = false) => <Line key={key} text={text} n={n} samples={samples} result={result} pack={pack} main={main} />;
  return <>
    <ul class="tallies">
      {line('prompted', say('rules.replay_prompted'), result.prompted, result.prompted_samples, true)}
      {line('already', say('rules.replay_already'), result.already_bought, result.already_bought_samples)}
      {result.conditions.map((one) => line(`not${one.of}`, failed(one), one.baskets, one.samples))}
      {result.guards.map((one) => line(`guard_${one.of}`, silent_words('guard', one.of, one.why), one.baskets, one.samples))}
      {result.lost_to.map((one) => line(`lost_${one.of}`, say('rules.replay_lost', { rule: one.why || one.of }), one.baskets, one.samples))}
      {result.silences.map((one) => line(`silence_${one.of}`, `${say('rules.replay_silent')}: ${silent_words('silence', one.of, one.why)}`, one.baskets, one.samples))}
      {line('all', say('rules.replay_all'), result.baskets, [], true)}
    </ul>
    {result.prompted > 0 && <p><strong>{say('rules.replay_estimate', {
      adds: `${count(estimate.extra_adds.low)} … ${count(estimate.extra_adds.high)}`,
      margin: `${written(estimate.margin.low, pack, language.value)} … ${written(estimate.margin.high, pack, language.value)}`,
    })}</strong> <span class="quiet">{say(estimate.basis === 'measured' ? 'rules.replay_measured' : 'rules.replay_guess')}</span></p>}
  </>;
}
