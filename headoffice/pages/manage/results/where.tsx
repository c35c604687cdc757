// One rule by store, channel or daypart: where it works, and where it does not.
import { signal } from '@preact/signals';

import { ask, type Lift, type Report, type Row, type Store } from '../api';
import { points, share } from '../format';
import { Csv, Notice, Select, use_answer } from '../parts';
import { told } from '../sign_in';
import { chosen_of } from './attached';
import { Bar, farthest, Judged, told_apart } from './lift';
import { say, type Word } from './words';

const splits = ['daypart', 'channel', 'store'] as const;
type Split = (typeof splits)[number];
const split = signal<Split>('daypart');

interface Slice { name: string; treated?: Row; control?: Row; lift?: Lift }

/** In the order of the report: dayparts as the day goes. */
function slices(report: Report, by: Split): Slice[] {
  const out = new Map<string, Slice>();
  for (const row of report.rows) {
    const name = row[by] ?? '';
    const slice = out.get(name) ?? { name };
    if (row.arm === 'treated') slice.treated = row;
    if (row.arm === 'control') slice.control = row;
    out.set(name, slice);
  }
  for (const lift of report.lifts) {
    const slice = out.get(lift[by] ?? '');
    if (slice) slice.lift = lift;
  }
  return [...out.values()].filter(({ treated, control }) => (treated?.eligible ?? 0) + (control?.eligible ?? 0) > 0);
}

/** `rules`: what can be chosen; `range`: period and what was filtered, as the address has them. */
export function Where({ rules, range, stores }: { rules: [string, string][]; range: string; stores: Store[] }) {
  const rule = chosen_of(rules);
  const by = split.value;
  const { answer, wrong } = use_answer(`${rule} ${by} ${range}`, async () =>
    ({ of: rule, by, all: slices(await ask<Report>('GET', `/v1/results?by=${by},rule,arm&rule=${encodeURIComponent(rule)}&${range}`), by) }));
  if (wrong !== undefined) return <Notice bad>{told(wrong)}</Notice>;
  if (!answer) return null;
  const { all } = answer;
  const called = (name: string) => (answer.by === 'store' ? stores.find(({ id }) => id === name)?.name ?? name : say((name ? `${answer.by}_${name}` : 'not_known') as Word));
  const most = farthest(all.flatMap(({ lift }) => (lift && told_apart(lift, lift.trust) ? [lift.ppm] : [])), 10_000);
  const rows = () => [[answer.by, 'eligible_treated', 'attached_treated', 'eligible_control', 'attached_control', 'lift_ppm', 'lift_low_ppm', 'lift_high_ppm', 'verdict'],
    ...all.map(({ name, treated, control, lift }) => [name, treated?.eligible ?? 0, treated?.attached ?? 0, control?.eligible ?? 0, control?.attached ?? 0,
      ...(lift ? [lift.ppm.estimate, lift.ppm.low, lift.ppm.high, lift.verdict] : ['', '', '', ''])])];
  return <section class="card where" data-rule={answer.of} data-by={answer.by}>
    <div class="head"><h2>{say('where')}</h2>
      <Select label={say('split_by')} value={by} options={splits.map((one) => [one, say(one)])} choose={(one) => { split.value = one as Split; }} />
      <Csv name={`sidedish-${answer.by}`} rows={rows} /></div>
    <p class="quiet"><bdi>{rules.find(([id]) => id === answer.of)?.[1]}</bdi></p>
    {all.length === 0 ? <p class="quiet">{say('no_slices')}</p> : <div class="wide" tabIndex={0} role="region" aria-label={say('where')}>
      <table>
        <thead><tr><th scope="col">{say(answer.by)}</th><th scope="col" class="n">{say('attach_with')}</th><th scope="col" class="n">{say('attach_without')}</th>
          <th scope="col">{say('lift')}</th><th scope="col">{say('verdict')}</th></tr></thead>
        <tbody>{all.map(({ name, treated, control, lift }) => <tr key={name}>
          <th scope="row"><bdi>{called(name)}</bdi></th>
          <td class="n">{treated ? share(treated.attached, treated.eligible) : '\u2013'}</td><td class="n">{control ? share(control.attached, control.eligible) : '\u2013'}</td>
          <td>{lift && told_apart(lift, lift.trust) && <><Bar interval={lift.ppm} most={most} /><span class="range" dir="ltr">{points(lift.ppm.low)} … {points(lift.ppm.high)}</span></>}</td>
          <td>{lift && <Judged lift={lift} />}</td>
        </tr>)}</tbody>
      </table>
    </div>}
  </section>;
}
