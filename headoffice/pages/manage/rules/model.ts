// A rule as its document has it (rules/format), and what head office says about it.
import type { Prompt } from '../../../../sdk/js/sidedish';
import { ask, ask_tagged, type Tagged, type Wrong } from '../api';
import type { Rollout } from './rollout';

export type Kind = 'add_on' | 'bundle' | 'upsell' | 'also_bought' | 'receipt';
export const kinds: Kind[] = ['add_on', 'bundle', 'upsell', 'also_bought', 'receipt'];

/** Products by key, or all of a category, a tag or a set: exactly one of them. */
export interface Select { items?: string[]; category?: string; tag?: string; set?: string }
export interface Bounds { min?: number | string; max?: number | string }
/** An object with exactly one member. */
export type Condition = Record<string, unknown>;
export interface Offer { product: string; extra_adds_per_1000?: number; evidence?: unknown }
export interface Pair { given: string; product: string; together: number; of: number; extra_adds_per_1000?: number; approved?: boolean }
export interface Slot { id: string; choose: Select; count?: { min?: number; max?: number }; price_delta?: Record<string, string> }
export interface Bundle { slots: Slot[]; price?: string; discount?: string; discount_percent?: number; times?: number; missing?: number; complete?: { worth: string } }
export interface PromptText { headline: string | string[]; reason?: string | string[] }
export type Texts = Record<string, PromptText>;

export interface Rule {
  id: string; name: string; kind: Kind; enabled?: boolean; when?: Condition;
  offers?: Offer[]; quantity?: string; swap?: { from: Select }; bundle?: Bundle; pairs?: Pair[]; bar?: { together: number; percent: number }; counted?: string;
  text: Texts; kiosk_text?: Texts; complete_text?: Texts;
  extra_adds_per_1000: number; priority?: number; pinned?: boolean; holdout_percent?: number; spend_jump_percent?: number; unit?: string;
  caps?: { lane_day?: number; shift?: number; customer?: { prompts?: number; days?: number } };
}

/** What a rule's holdout is drawn for. */
export const units = ['basket', 'customer', 'terminal_day', 'store_day'] as const;

export type State = 'draft' | 'waiting' | 'scheduled' | 'running' | 'paused' | 'ended' | 'archived';
export const states: State[] = ['running', 'draft', 'waiting', 'scheduled', 'paused', 'ended', 'archived'];
/** `rule` null: it takes the rule out. `base`: the published rule that it began from; `stale`: that is not what is published any more. */
export interface Draft {
  state: 'draft' | 'waiting' | 'approved' | 'scheduled'; by: string; at: string; etag: string; rule: Rule | null; base: Rule | null; stale: boolean;
  authors: string[]; why?: string; approved_by?: string; publish_at?: string; rollout?: Rollout; failed?: { at: string; code: string; why: string };
}
export interface Past { version: number; at: string; who: string; why: string; what: 'added' | 'changed' | 'removed' }
export interface RuleRow {
  id: string; name: string; kind: Kind; state: State; version: number; published: Rule | null; published_etag: string | null; draft: Draft | null;
  paused_in: string[]; may_edit: boolean; may_approve: boolean; history?: Past[];
}

export interface PackStore { id: string; name: string; time_zone: string }
export interface PackRow { id: string; name: string; version: number; currency: string; exponent: number; languages: string[]; stores: PackStore[]; approval: boolean }
export interface Category { id: string; name: Record<string, string>; parent?: string }
/** What a form chooses from. */
export interface Pack extends PackRow {
  categories: Category[]; tags: string[]; sets: string[]; store_groups: string[]; terminal_groups: string[]; segments: string[]; facts: string[];
  settings: { holdout_percent?: number; spend_jump_percent?: number; dayparts?: Record<string, { from: string; to: string }> };
}
export interface Product { key: string; name: string; category: string; price: number; stock: 'in' | 'low' | 'out'; pictures?: { small?: string; large?: string }; barcodes: string[] }

export interface Finding extends Wrong { severity: 'error' | 'warning' }

const at = (pack: string, rest = ''): string => `/v1/packs/${encodeURIComponent(pack)}${rest}`;
const of_rule = (pack: string, rule: string, rest = ''): string => at(pack, `/rules/${encodeURIComponent(rule)}${rest}`);

export const packs = () => ask<{ packs: PackRow[] }>('GET', '/v1/packs').then((answer) => answer.packs);
export const pack_of = (id: string) => ask<Pack>('GET', at(id));
export const rows_of = (pack: string) => ask<{ rules: RuleRow[] }>('GET', at(pack, '/rules')).then(({ rules }) => rules);
export const row_of = (pack: string, rule: string): Promise<Tagged<RuleRow>> => ask_tagged<RuleRow>('GET', of_rule(pack, rule));

export const version_of = (pack: string, rule: string, version: number) => ask<{ rule: Rule }>('GET', of_rule(pack, rule, `/versions/${version}`)).then((answer) => answer.rule);
/** What an archived rule was. */
export async function last_of(pack: string, row: RuleRow): Promise<Rule | undefined> {
  const last = row.history?.find(({ what }) => what !== 'removed');
  return last && version_of(pack, row.id, last.version);
}

/** A draft of what the rule was, on top of what is there. */
export const take_back = (pack: string, { id, draft, published_etag: base }: RuleRow, version: number, why: string): Promise<unknown> => {
  const tag = draft?.etag ?? base;
  return ask_tagged('POST', of_rule(pack, id, `/take-back${base ? `?base=${encodeURIComponent(base)}` : ''}`), { version, why }, tag ? { 'If-Match': tag } : { 'If-None-Match': '*' });
};

export interface Kept { etag: string; findings: Finding[] }
/** Keeps a draft; `etag` undefined: there is none yet, and none may have come meanwhile. `base`: the tag of the published rule it builds on. */
export const keep_draft = (pack: string, rule: Rule, etag: string | undefined, base: string | undefined): Promise<Kept> =>
  ask_tagged<Kept>('PUT', of_rule(pack, rule.id, `/draft${base ? `?base=${encodeURIComponent(base)}` : ''}`), rule, etag === undefined ? { 'If-None-Match': '*' } : { 'If-Match': etag }).then(({ answer }) => answer);
export const discard_draft = (pack: string, rule: string, etag: string): Promise<unknown> => ask_tagged('DELETE', of_rule(pack, rule, '/draft'), undefined, { 'If-Match': etag });
export type Step = 'submit' | 'approve' | 'return' | 'archive' | 'pause' | 'resume';
export const take_step = (pack: string, rule: string, step: Step, why: string, stores?: string[]): Promise<unknown> =>
  ask('POST', of_rule(pack, rule, `/${step}`), { why, ...(stores ? { stores } : {}) });
/** `last`: the page goes away meanwhile. */
export const publish = (pack: string, rules: string[], why: string, rollout?: Rollout, when?: string, last = false): Promise<unknown> =>
  ask_tagged('POST', at(pack, '/publish'), { rules, why, ...(when ? { at: when } : {}), ...(rollout ? { rollout } : {}) }, {}, undefined, last);

export interface BasketLine { product: string; name: string; quantity: string; unit_price: number; line_total: number }
/** `basket` is the one that was asked for, or one that head office found to fit; `why`: what kept the rule silent. */
/** `of`: the number of the guard or of the silence. */
export interface Why { fate: string; detail: string; pointer?: string; of?: string }
export interface Previewed { prompts: Prompt[]; basket: { lines: BasketLine[]; total: number; found: boolean } | null; why: Why | null; findings: Finding[] }
export const preview = (pack: string, asked: object): Promise<Previewed> => ask('POST', at(pack, '/preview'), asked);

/** What stands in the form of a rule: its draft, else what is published. */
export const newest = (row: RuleRow): Rule | null => (row.draft ? row.draft.rule : row.published);
