// What a pack is beside its rules and products, as head office has it (frame.schema.json, book-frame.schema.json).
import { ask, ask_tagged } from '../api';
import type { Finding, Past, Step } from '../rules/model';
import { same } from '../rules/pointer';
import type { Rollout } from '../rules/rollout';

export interface Store { id: string; name: string; time_zone: string; language?: string; country?: string; groups?: string[]; terminals?: Record<string, string[]> }
export interface Daypart { from: string; to: string }
export interface Settings { dayparts?: Record<string, Daypart>; never_offer?: unknown[]; restricted?: unknown[]; [name: string]: unknown }
export interface Frame { pack: { id: string; note?: string }; languages: string[]; stores: Store[]; settings: Settings; sets?: { id: string }[]; [name: string]: unknown }

export interface FrameDraft {
  state: 'draft' | 'waiting' | 'approved' | 'scheduled'; by: string; at: string; etag: string; frame: Frame; base: Frame; stale: boolean; authors: string[];
  why?: string; publish_at?: string; rollout?: Rollout; failed?: { at: string; code: string; why: string };
}
export interface FrameRow { version: number; published: Frame; published_etag: string; draft: FrameDraft | null; may_edit: boolean; may_approve: boolean; history: Past[] }

const at = (pack: string, rest = ''): string => `/v1/packs/${encodeURIComponent(pack)}${rest}`;

export const frame_of = (pack: string) => ask<FrameRow>('GET', at(pack, '/frame'));
/** `etag`: of the draft, or of what is published for the first. `base`: of what is published that it builds on from now on. */
export const keep_frame = (pack: string, frame: Frame, etag: string, base: string | undefined): Promise<{ etag: string; findings: Finding[] }> =>
  ask_tagged<{ etag: string; findings: Finding[] }>('PUT', at(pack, `/frame/draft${base ? `?base=${encodeURIComponent(base)}` : ''}`), frame, { 'If-Match': etag }).then(({ answer }) => answer);
export const discard_frame = (pack: string, etag: string): Promise<unknown> => ask_tagged('DELETE', at(pack, '/frame/draft'), undefined, { 'If-Match': etag });
export const step_frame = (pack: string, step: Step, why: string, etag: string): Promise<unknown> => ask_tagged('POST', at(pack, `/frame/${step}`), { why }, { 'If-Match': etag });
export const publish_frame = (pack: string, why: string, rollout?: Rollout, when?: string): Promise<unknown> =>
  ask('POST', at(pack, '/publish'), { rules: [], frame: true, why, ...(when ? { at: when } : {}), ...(rollout ? { rollout } : {}) });

/** Every group that a store is in, with its stores, by name. */
export function groups_of(frame: Frame): [string, Store[]][] {
  const all = new Map<string, Store[]>();
  for (const store of frame.stores) for (const group of store.groups ?? []) all.set(group, [...(all.get(group) ?? []), store]);
  return [...all].sort(([a], [b]) => a.localeCompare(b));
}

/** The stores in a group, and no others; `was`: what it was called. A group without stores is gone. */
export function with_group(frame: Frame, was: string | undefined, name: string, members: string[]): Frame {
  const stores = frame.stores.map((store): Store => {
    const { groups: old = [], ...rest } = store;
    const kept = old.filter((one) => one === was || one !== name);
    const groups = !members.includes(store.id) ? kept.filter((one) => one !== was) : was !== undefined && kept.includes(was) ? kept.map((one) => (one === was ? name : one)) : [...kept, name];
    return same(groups, old) ? store : groups.length > 0 ? { ...store, groups } : rest;
  });
  return { ...frame, stores };
}

/** An id out of a name, that no other store has. */
export function store_id(name: string, taken: string[]): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40) || 'store';
  for (let n = 1; ; ++n) {
    const id = n === 1 ? plain : `${plain}-${n}`;
    if (!taken.includes(id)) return id;
  }
}
