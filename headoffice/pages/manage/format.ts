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

/** Minor units by currency, each on its own. */
export function money(sums: Record<string, number>): string {
  const parts = Object.entries(sums).map(([currency, minor]) => {
    const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
    return price(minor, digits, currency, language.value);
  });
  return parts.join(' · ') || '\u2013';
}

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
