// Times as a reader says them.
import { language } from '../../../../sdk/js/shared/i18n';
import { say } from './words';

const units: [Intl.RelativeTimeFormatUnit, number][] = [['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]];

/** "3 minutes ago", by head office's clock. */
export function ago(then: string, now: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(now) - Date.parse(then)) / 1000));
  const [unit, size] = units.find(([, one]) => seconds >= one) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(language.value, { numeric: 'auto' }).format(-Math.floor(seconds / size), unit);
}

/** How far a clock is off; within two seconds it is right: a message takes its time. */
export function clock(ms: number): string {
  const seconds = Math.abs(ms) / 1000;
  if (seconds < 2) return say('tills_clock_right');
  const [unit, size] = units.find(([, one]) => seconds >= one) ?? ['second', 1];
  const time = new Intl.NumberFormat(language.value, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 0 }).format(Math.floor(seconds / size));
  return say(ms > 0 ? 'tills_clock_ahead' : 'tills_clock_behind', { time });
}
