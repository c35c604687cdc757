// What head office says of stores and tills (fleet.schema.json, versions.schema.json), and who may order what.
import { type Role, session } from '../api';

export type State = 'never' | 'silent' | 'refused' | 'alarm' | 'behind' | 'fine';
export type Stand = 'has' | 'refused' | 'waiting' | 'later';
export type Wave = 'all' | { percent: number } | { terminals: string[] };
export interface Image { image: string; version?: number }
export interface Report { at: string; agent: string; clock_ms: number; outbox: { pending: number; quarantined: number }; pictures: { wanted: number; present: number }; lanes: number; alarms: { code: string; detail: string }[] }
export interface Till { id: string; state: State; last_seen?: string; told?: number; running?: Image; refused?: Image & { why: string }; rollouts: { version: number; wave: number; state: Stand }[]; report?: Report }
export interface Place { id: string; name: string; pack?: string; terminals: Till[] }
export interface Rollout { version: number; pack: string; state: 'running' | 'halted'; waves: Wave[]; wave: number; why: string; terminals: number; healthy: number; refused: number }
export interface Fleet { at: string; stores: Place[]; rollouts: Rollout[] }
export interface Version {
  version: number; at: string; who: string; why: string; rules_changed?: { id: string; what: 'added' | 'changed' | 'removed' }[]; frame_changed?: boolean;
  wave: null | { state: 'running' | 'halted' | 'done' | 'superseded'; wave: number; waves: Wave[]; why: string };
}

const ranks: Role[] = ['viewer', 'store-manager', 'editor', 'approver', 'admin'];
export const may = (least: Role): boolean => ranks.indexOf(session.value?.person.role ?? 'viewer') >= ranks.indexOf(least);

/** Somebody should look at it. */
export const needs = ({ state }: Till): boolean => state === 'silent' || state === 'refused' || state === 'alarm';
