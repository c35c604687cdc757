// What became of prompts that were not taken, and what was said about them.
import type { Report } from '../api';
import { count } from '../format';
import { Csv } from '../parts';
import { say } from './words';

/** Of each rule so many reasons are shown; all of them are in the file. */
const shown = 5;

export function Declined({ report, names }: { report: Report; names: Map<string, string> }) {
  const rules = new Map<string, { declined: number; lapsed: number }>();
  const of = (rule: string) => {
    const sum = rules.get(rule) ?? { declined: 0, lapsed: 0 };
    rules.set(rule, sum);
    return sum;
  };
  for (const { rule, declined, lapsed } of report.rows) {
    if (!rule) continue;
    of(rule).declined += declined;
    of(rule).lapsed += lapsed;
  }
  for (const { rule } of report.remarks) of(rule);
  const said = (rule: string) => report.remarks.filter((one) => one.rule === rule);
  const all = [...rules].filter(([rule, { declined, lapsed }]) => declined + lapsed + said(rule).length > 0).sort(([a, x], [b, y]) => y.declined - x.declined || (a < b ? -1 : 1));
  if (all.length === 0) return null;
  const file = () => [['rule', 'name', 'what', 'reason', 'times'], ...all.flatMap(([rule, { declined, lapsed }]) => {
    const name = names.get(rule) ?? rule;
    return [[rule, name, 'declined', '', declined], [rule, name, 'lapsed', '', lapsed], ...said(rule).map(({ kind, remark, n }) => [rule, name, kind, remark, n])];
  })];
  return <section class="card declined">
    <div class="head"><h2>{say('not_taken')}</h2><Csv name="sidedish-not-taken" rows={file} /></div>
    <div class="wide" tabIndex={0} role="region" aria-label={say('not_taken')}>
      <table>
        <thead><tr><th scope="col">{say('rule')}</th><th scope="col" class="n">{say('declined')}</th><th scope="col" class="n">{say('lapsed')}</th><th scope="col">{say('reasons')}</th></tr></thead>
        <tbody>{all.map(([rule, { declined, lapsed }]) => <tr key={rule}>
          <th scope="row"><bdi>{names.get(rule) ?? rule}</bdi></th><td class="n">{count(declined)}</td><td class="n">{count(lapsed)}</td>
          <td>{said(rule).slice(0, shown).map(({ kind, remark, n }) => <span key={kind + remark} class="note">
            {say(kind)}: {remark ? <bdi>{remark}</bdi> : say('not_said')} ({count(n)})</span>)}</td>
        </tr>)}</tbody>
      </table>
    </div>
  </section>;
}
