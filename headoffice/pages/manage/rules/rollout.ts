// How a publication goes out: to every till at once, or wave after wave. No DOM.
import { ask } from '../api';
import type { Fleet, Wave } from '../tills/fleet';
import type { Pack } from './model';

/** As head office takes it (rollout-plan.schema.json). */
export interface Rollout { waves: Wave[]; advance: 'by-report' | 'by-command'; wait_minutes: number }

export interface Choice { name: string; label: string; fine: boolean }
/** The tills of a pack's stores, and which version of it has not reached all of them yet. */
export interface Reach { tills: Choice[]; on_its_way?: number }

export async function reach_of(pack: Pack): Promise<Reach> {
  const fleet = await ask<Fleet>('GET', '/v1/fleet');
  const stores = fleet.stores.filter(({ id }) => pack.stores.some((one) => one.id === id));
  const going = fleet.rollouts.find((one) => one.pack === pack.id);
  return {
    tills: stores.flatMap(({ id, name, terminals }) => [...terminals].sort((a, b) => a.id.localeCompare(b.id, undefined, { numeric: true })).map((till) => ({ name: `${id}/${till.id}`, label: `${name} · ${till.id}`, fine: till.state === 'fine' }))),
    ...(going ? { on_its_way: going.version } : {}),
  };
}

/** What stands in the form. */
export interface Plan { waves: boolean; pilots: string[]; percent: string; command: boolean; minutes: string }

export const kMostMinutes = 14 * 24 * 60;
/** From so many tills on waves are what is usual: of fewer a first wave is most of them, and waiting for it protects next to nothing. */
const kMany = 10;

/** One till that is fine, a tenth, all, by themselves: what goes wrong goes wrong at one till, and what does not costs a minute. */
export const usual = ({ tills }: Reach): Plan =>
  ({ waves: tills.length >= kMany, pilots: tills.filter(({ fine }) => fine).slice(0, 1).map(({ name }) => name), percent: '10', command: false, minutes: '60' });

/** Digits of other scripts as ours. */
export const whole = (text: string): number => {
  const plain = text.trim().replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660));
  return /^\d{1,6}$/.test(plain) ? Number(plain) : NaN;
};
const within = (text: string, most: number): boolean => whole(text) >= 1 && whole(text) <= most;

export type Mistake = 'pilots' | 'percent' | 'minutes';
export function mistakes(plan: Plan): Mistake[] {
  if (!plan.waves) return [];
  const shared = plan.percent.trim() !== '';
  return [...(plan.pilots.length === 0 && !shared ? ['pilots' as const] : []), ...(shared && !within(plan.percent, 99) ? ['percent' as const] : []), ...(within(plan.minutes, kMostMinutes) ? [] : ['minutes' as const])];
}

/** Undefined: to every till at once. */
export function rollout_of(plan: Plan): Rollout | undefined {
  if (!plan.waves) return undefined;
  const waves: Wave[] = [...(plan.pilots.length ? [{ terminals: plan.pilots }] : []), ...(plan.percent.trim() ? [{ percent: whole(plan.percent) }] : []), 'all'];
  return { waves, advance: plan.command ? 'by-command' : 'by-report', wait_minutes: whole(plan.minutes) };
}
