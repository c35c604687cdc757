// One rule over time: the attach rate with the prompt and without, as lines for who sees them and as a table for everybody.
import { signal } from '@preact/signals';

import { day } from '../../../../sdk/js/shared/money';
import { language } from '../../../../sdk/js/shared/i18n';
import { ask, type Report } from '../api';
import { every_day } from './days';
import { share } from '../format';
import { Csv, Notice, Select, use_answer } from '../parts';
import { told } from '../sign_in';
import { say } from './words';

const chosen = signal('');
/** The rule that is looked at: the one that was chosen, or the first. */
export const chosen_of = (rules: [string, string][]): string => (rules.some(([id]) => id === chosen.value) ? chosen.value : rules[0]?.[0] ?? '');

interface Arm { eligible: number; attached: number }
interface Day { day: string; treated: Arm; control: Arm }

function days_of(report: Report): Day[] {
  const arm = (name: string, which: 'treated' | 'control'): Arm => report.rows.find((row) => row.day === name && row.arm === which) ?? { eligible: 0, attached: 0 };
  return every_day(report).map((name) => ({ day: name, treated: arm(name, 'treated'), control: arm(name, 'control') }));
}

function Lines({ days }: { days: Day[] }) {
  const rate = ({ eligible, attached }: Arm) => attached / eligible;
  const most = Math.max(0.01, ...days.flatMap(({ treated, control }) => [treated, control].filter(({ eligible }) => eligible > 0).map(rate)));
  const points = (which: 'treated' | 'control') => days.flatMap((one, i) =>
    (one[which].eligible > 0 ? [`${((i + 0.5) * 100) / days.length},${40 - 39 * (rate(one[which]) / most)}`] : [])).join(' ');
  return <svg class="days lines" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true">
    <polyline class="without" points={points('control')} /><polyline class="with" points={points('treated')} />
  </svg>;
}

/** `rules`: what can be chosen, the first at first; `range`: period and store, as the address has them. */
export function Attached({ rules, range }: { rules: [string, string][]; range: string }) {
  const rule = chosen_of(rules);
  const { answer, wrong } = use_answer(`${rule} ${range}`, async () => ({ of: rule, days: days_of(await ask<Report>('GET', `/v1/results?by=day,arm&rule=${encodeURIComponent(rule)}&${range}`)) }));
  if (wrong !== undefined) return <Notice bad>{told(wrong)}</Notice>;
  if (!answer) return null;
  const { days } = answer;
  const rows = () => [['day', 'eligible_treated', 'attached_treated', 'eligible_control', 'attached_control'],
    ...days.map(({ day: name, treated, control }) => [name, treated.eligible, treated.attached, control.eligible, control.attached])];
  return <section class="card attached" data-rule={answer.of}>
    <div class="head"><h2>{say('attach_by_day')}</h2><Select label={say('rule')} value={rule} options={rules} choose={(id) => { chosen.value = id; }} /><Csv name="sidedish-attached" rows={rows} /></div>
    <p class="key"><span class="with">{say('attach_with')}</span><span class="without">{say('attach_without')}</span></p>
    <Lines days={days} />
    <p class="ends" aria-hidden="true"><span>{day(days[0]?.day ?? '2026-01-01', language.value)}</span><span>{day(days.at(-1)?.day ?? '2026-01-01', language.value)}</span></p>
    <details><summary>{say('as_table')}</summary>
      <table>
        <thead><tr><th scope="col">{say('day')}</th><th scope="col" class="n">{say('attach_with')}</th><th scope="col" class="n">{say('attach_without')}</th></tr></thead>
        <tbody>{days.map(({ day: name, treated, control }) => <tr key={name}><th scope="row">{day(name, language.value)}</th>
          <td class="n">{share(treated.attached, treated.eligible)}</td><td class="n">{share(control.attached, control.eligible)}</td></tr>)}</tbody>
      </table>
    </details>
  </section>;
}
