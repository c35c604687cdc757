// What a difference between two arms looks like: an interval against zero, and a word.
import { day } from '../../../../sdk/js/shared/money';
import { language } from '../../../../sdk/js/shared/i18n';
import type { Interval, Lift, Measured } from '../api';
import { count } from '../format';
import { is_enough, Less } from './less';
import { say } from './words';

/** Whether an interval may be shown: enough data, and arms that may be compared. */
export const told_apart = (measured: Measured | undefined, trust: Lift['trust'] = 'ok'): boolean => measured !== undefined && trust === 'ok' && measured.verdict !== 'not_enough_data';

/** The interval against zero. One scale for all rows, so that rows can be compared. */
export function Bar({ interval, most }: { interval: Interval; most: number }) {
  const at = (value: number) => 50 + 48 * Math.max(-1, Math.min(1, value / most));
  return <svg class="bar" viewBox="0 0 100 16" preserveAspectRatio="none" aria-hidden="true">
    <line class="zero" x1="50" x2="50" y1="0" y2="16" />
    <line class="whisker" x1={at(interval.low)} x2={at(interval.high)} y1="8" y2="8" />
    <rect class="dot" x={at(interval.estimate) - 1} y="3" width="2" height="10" />
  </svg>;
}

/** The end that is farthest from zero. */
export const farthest = (intervals: Interval[], least: number): number => Math.max(least, ...intervals.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]));

export function Verdict({ measured, trust = 'ok' }: { measured: Measured; trust?: Lift['trust'] }) {
  return <>
    {trust === 'ok' && <strong class={`word ${told_apart(measured) ? measured.verdict : ''}`}>{say(measured.verdict)}</strong>}
    {trust === 'split' && <span class="note wrong">{say('bad_split')}</span>}
    {trust === 'ends' && <span class="note wrong">{say('bad_ends')}</span>}
    {trust === 'ok' && measured.verdict_on && <span class="note">{say('verdict_on', { day: day(measured.verdict_on, language.value) })}</span>}
    {trust === 'ok' && measured.alone && <span class="note">{say('maybe_luck')}</span>}
  </>;
}

/** The word on a rule, with what was compared where that is not baskets over the whole period. `holdout`: percent, as published, of the rule of this name. */
export function Judged({ lift, holdout = 0, name = '' }: { lift: Lift; holdout?: number; name?: string }) {
  const found = lift.trust === 'ok' && !lift.alone && (lift.verdict === 'better' || lift.verdict === 'worse');
  return <>
    <Verdict measured={lift} trust={lift.trust} />
    {lift.unit !== 'basket' && <span class="note">{say(`by_${lift.unit}`, { treated: count(lift.units.treated), control: count(lift.units.control) })}</span>}
    {found && is_enough(holdout) && <Less rule={lift.rule} name={name} now={holdout} />}
    {lift.from && <span class="note">{say('counted_from', { day: day(lift.from, language.value) })}</span>}
  </>;
}
