// Shown and accepted, day by day: bars for who sees them, the same numbers as a table for everybody.
import { day } from '../../../../sdk/js/shared/money';
import { language } from '../../../../sdk/js/shared/i18n';
import type { Report } from '../api';
import { count } from '../format';
import { Csv } from '../parts';
import { say } from './words';

/** Every day from the report's first to its last, also those without a prompt. */
export function every_day(report: Report): string[] {
  const days = report.rows.flatMap((row) => (row.day === undefined ? [] : [row.day])).sort();
  const out = [];
  for (let at = Date.parse(days[0] ?? report.to), end = Date.parse(days.at(-1) ?? report.to); at <= end; at += 86_400_000) out.push(new Date(at).toISOString().slice(0, 10));
  return out;
}

export function Days({ report }: { report: Report }) {
  const known = new Map(report.rows.map((row) => [row.day, row]));
  const days = every_day(report).map((name) => ({ day: name, shown: known.get(name)?.shown ?? 0, accepted: known.get(name)?.accepted ?? 0 }));
  const most = Math.max(1, ...days.map(({ shown }) => shown));
  const width = 100 / days.length;
  return <section class="card by-day">
    <div class="head"><h2>{say('by_day')}</h2><Csv name="sidedish-days" rows={() => [['day', 'shown', 'accepted'], ...days.map((one) => [one.day, one.shown, one.accepted])]} /></div>
    <p class="key"><span class="shown">{say('shown')}</span><span class="accepted">{say('accepted')}</span></p>
    <svg class="days" viewBox="0 0 100 40" preserveAspectRatio="none" aria-hidden="true">
      {days.map(({ day: name, shown, accepted }, i) => <g key={name}>
        <rect class="shown" x={i * width + width * 0.1} width={width * 0.8} y={40 - 39 * (shown / most)} height={39 * (shown / most)} />
        <rect class="accepted" x={i * width + width * 0.1} width={width * 0.8} y={40 - 39 * (accepted / most)} height={39 * (accepted / most)} />
      </g>)}
    </svg>
    <p class="ends" aria-hidden="true"><span>{day(days[0]?.day ?? report.from, language.value)}</span><span>{day(days.at(-1)?.day ?? report.to, language.value)}</span></p>
    <details><summary>{say('as_table')}</summary>
      <table>
        <thead><tr><th scope="col">{say('day')}</th><th scope="col" class="n">{say('shown')}</th><th scope="col" class="n">{say('accepted')}</th></tr></thead>
        <tbody>{days.map((one) => <tr key={one.day}><th scope="row">{day(one.day, language.value)}</th><td class="n">{count(one.shown)}</td><td class="n">{count(one.accepted)}</td></tr>)}</tbody>
      </table>
    </details>
  </section>;
}
