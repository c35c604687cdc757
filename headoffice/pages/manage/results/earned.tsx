// What each rule earned: net revenue and margin, the seconds it took, the goods that came back.
import { day } from '../../../../sdk/js/shared/money';
import { language } from '../../../../sdk/js/shared/i18n';
import type { Measured, Money } from '../api';
import { gain, money, seconds, share } from '../format';
import { Bar, farthest, told_apart, Verdict } from './lift';
import { Csv, Notice } from '../parts';
import type { Line } from './results';
import { say } from './words';

interface Earned { line: Line; money: Money }

/** What a rule surely earned in the period, in minor units: the lower end for every sale that saw it. */
export const surely = ({ revenue }: Money): number => (revenue.verdict === 'not_enough_data' ? -Infinity : (revenue.per_1000.low * revenue.treated) / 1000);

const per_1000 = [
  ['currency', ({ money }: Earned) => money.currency], ['cap', ({ money }: Earned) => money.cap],
  ['revenue_per_1000', ({ money }: Earned) => money.revenue.per_1000.estimate], ['revenue_low', ({ money }: Earned) => money.revenue.per_1000.low], ['revenue_high', ({ money }: Earned) => money.revenue.per_1000.high],
  ['verdict', ({ money }: Earned) => money.revenue.verdict],
  ['margin_per_1000', ({ money }: Earned) => money.margin?.per_1000.estimate ?? ''], ['margin_low', ({ money }: Earned) => money.margin?.per_1000.low ?? ''], ['margin_high', ({ money }: Earned) => money.margin?.per_1000.high ?? ''],
  ['ms', ({ line }: Earned) => line.lift?.seconds?.ms.estimate ?? ''], ['ms_low', ({ line }: Earned) => line.lift?.seconds?.ms.low ?? ''], ['ms_high', ({ line }: Earned) => line.lift?.seconds?.ms.high ?? ''],
  ['accepted', ({ line }: Earned) => line.accepted], ['accepted_came_back', ({ line }: Earned) => line.returned_accepted],
] as const;

export function Earnings({ all, names }: { all: Line[]; names: Map<string, string> }) {
  const rows: Earned[] = all.flatMap((line) => (line.lift?.money ?? []).map((one) => ({ line, money: one })));
  if (rows.length === 0) return <section class="card"><h2>{say('earned')}</h2><p class="quiet">{say('no_money')}</p></section>;
  const most = farthest(rows.flatMap(({ money: { revenue } }) => (told_apart(revenue) ? [revenue.per_1000] : [])), 1);
  const range = (measured: Measured, low: string, high: string) => told_apart(measured) && <><span class="range" dir="ltr">{low} … {high}</span><span class="note">{say(measured.verdict)}</span></>;
  const file = () => [['rule', 'name', ...per_1000.map(([name]) => name)], ...rows.map((row) => [row.line.rule, names.get(row.line.rule) ?? row.line.rule, ...per_1000.map(([, of]) => of(row))])];
  return <section class="card">
    <div class="head"><h2>{say('earned')}</h2><Csv name="sidedish-earned" rows={file} /></div>
    {rows.some(({ money: { provisional } }) => provisional) && <Notice>{say('provisional')}</Notice>}
    <div class="wide earned" tabIndex={0} role="region" aria-label={say('earned')}>
      <table>
        <thead><tr><th scope="col">{say('rule')}</th><th scope="col">{say('net_revenue')}</th><th scope="col">{say('verdict')}</th><th scope="col">{say('net_margin')}</th>
          <th scope="col">{say('added_seconds')}</th><th scope="col" class="n">{say('came_back')}</th></tr></thead>
        <tbody>{rows.map(({ line, money: { currency, cap, from, revenue, margin } }) => <tr key={`${line.rule} ${currency}`}>
          <th scope="row"><bdi>{names.get(line.rule) ?? line.rule}</bdi></th>
          <td>{told_apart(revenue) && <><Bar interval={revenue.per_1000} most={most} /><span class="range" dir="ltr">{gain(revenue.per_1000.low, currency)} … {gain(revenue.per_1000.high, currency)}</span></>}
            {told_apart(revenue) && <span class="note">{say('at_most', { cap: money({ [currency]: cap }) })}</span>}
            {from && <span class="note">{say('counted_from', { day: day(from, language.value) })}</span>}</td>
          <td><Verdict measured={revenue} /></td>
          <td>{margin ? range(margin, gain(margin.per_1000.low, currency), gain(margin.per_1000.high, currency)) : <span class="note">{say('no_cost')}</span>}</td>
          <td>{line.lift?.seconds && range(line.lift.seconds, seconds(line.lift.seconds.ms.low), seconds(line.lift.seconds.ms.high))}</td>
          <td class="n">{share(line.returned_accepted, line.accepted)}</td>
        </tr>)}</tbody>
      </table>
    </div>
  </section>;
}
