// Figures as a reader's language writes them.
import { language } from '../../../sdk/js/shared/i18n';
import { price } from '../../../sdk/js/shared/money';

export const count = (n: number): string => new Intl.NumberFormat(language.value).format(n);

/** A share as "18 %"; a dash of nothing. */
export function share(part: number, whole: number, digits = 1): string {
  if (whole === 0) return '\u2013';
  return new Intl.NumberFormat(language.value, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(part / whole);
}

/** Parts per million as percentage points with their sign: 21000 -> "+2.1". */
export const points = (ppm: number): string =>
  new Intl.NumberFormat(language.value, { signDisplay: 'exceptZero', minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(ppm / 10_000);

const decimals = (currency: string): number => new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;

/** Minor units by currency, each on its own; a dash of none. */
export function moneys(sums: Record<string, number>): string[] {
  const each = Object.entries(sums).map(([currency, minor]) => price(minor, decimals(currency), currency, language.value));
  return each.length > 0 ? each : ['\u2013'];
}

export const money = (sums: Record<string, number>): string => moneys(sums).join(' · ');

/** Minor units with their sign: "+€3.40". */
export function gain(minor: number, currency: string): string {
  return new Intl.NumberFormat(language.value, { style: 'currency', currency, currencyDisplay: 'narrowSymbol', signDisplay: 'exceptZero' }).format(minor / 10 ** decimals(currency));
}

/** Milliseconds as seconds with their sign: "+1.4 sec". */
export const seconds = (ms: number): string =>
  new Intl.NumberFormat(language.value, { style: 'unit', unit: 'second', signDisplay: 'exceptZero', minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(ms / 1000);

export const moment = (iso: string): string => new Intl.DateTimeFormat(language.value, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso));

/** Fields of a CSV (RFC 4180). What a spreadsheet would run as a formula begins with an apostrophe. */
export function csv(rows: (string | number)[][]): string {
  const field = (value: string | number): string => {
    if (typeof value === 'number') return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('');
}
