// One rule being edited: what stands in the form, what head office has of it, and how the two come together. No DOM.
//
//   typed            -> kept by the browser at once, by head office after a pause (when the page finds nothing wrong)
//   head office gone -> stays with the browser; tried again with the next change, and when it answers again
//   412              -> conflict: nothing is written until somebody has chosen
import { batch, computed, signal } from '@preact/signals';

import { Refusal } from '../api';
import { TypedText } from '../typed';
import { check } from './check';
import { discard_draft, type Finding, keep_draft, type Kind, last_of, newest, type Pack, type Rule, row_of, type RuleRow } from './model';
import { put, same } from './pointer';

const kPause = 1500; // ms without a key before a draft is sent

/** `draft`: the tag of the own draft that stands beside a rule published meanwhile. */
export interface Conflict { theirs: Rule | null; by: string; at: string; etag: string; base: Rule; draft?: string }

/** What a new rule begins with. */
export function blank(kind: Kind, pack: Pack): Rule {
  const first = pack.languages[0] ?? 'en';
  const common = { text: { [first]: { headline: '' } }, extra_adds_per_1000: 50, priority: 50 };
  const has = { all: [{ has: { items: [] } }] };
  switch (kind) {
    case 'add_on': return { id: '', name: '', kind, when: has, offers: [], quantity: 'one', ...common };
    case 'receipt': return { id: '', name: '', kind, when: has, offers: [], ...common };
    case 'upsell': return { id: '', name: '', kind, swap: { from: { items: [] } }, offers: [], ...common };
    case 'bundle': return { id: '', name: '', kind, bundle: { slots: [{ id: 'part-1', choose: { items: [] } }, { id: 'part-2', choose: { items: [] } }], price: '' }, ...common };
    case 'also_bought': return { id: '', name: '', kind, pairs: [{ given: '', product: '', together: 0, of: 1, approved: true }], ...common };
  }
}

/** An id out of a name: small letters, digits, dashes; something of its own where nothing is left. */
export function slug(name: string): string {
  const plain = name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40).replace(/-+$/, '');
  return plain || `rule-${Date.now().toString(36)}`;
}

const is_silence = ({ status }: Refusal): boolean => status === 0 || status === 401 || status >= 500;
/** A first draft of this id cannot be: there is one, or the rule is published. */
export const is_taken = ({ status }: Refusal): boolean => status === 412 || status === 428;

export class Editing {
  readonly rule = signal<Rule>({} as Rule);
  readonly row = signal<RuleRow | undefined>(undefined);
  /** Of head office, for what it was sent last. */
  readonly findings = signal<Finding[]>([]);
  /** Errors are shown once somebody has tried to save or send. */
  readonly tried = signal(false);
  readonly state = signal<'loading' | 'ready' | 'saving' | 'gone'>('loading');
  readonly saved_at = signal<string | undefined>(undefined);
  readonly away = signal(false);
  readonly conflict = signal<Conflict | undefined>(undefined);
  readonly offered = signal<{ rule: Rule; at: string } | undefined>(undefined);
  readonly wrong = signal<unknown>(undefined);
  readonly #saved = signal<Rule>({} as Rule);
  readonly dirty = computed(() => !same(this.rule.value, this.#saved.value));
  readonly mistakes = computed(() => (this.pack ? check(this.rule.value, this.pack) : []));

  readonly #typed: TypedText<{ rule: Rule; etag?: string }>;
  #etag: string | undefined; // of the draft; undefined: there is none
  #base: string | undefined; // of the published rule that the draft builds on
  #timer: ReturnType<typeof setTimeout> | undefined;
  #going: Promise<boolean> | undefined;
  #sent: Rule[] = []; // without an answer: head office may have any of them

  constructor(readonly pack: Pack, readonly id: string | undefined, kind: Kind | undefined) {
    this.#typed = new TypedText(`${pack.id}/${id ?? `+${kind ?? ''}`}`);
    if (id === undefined) this.#start(blank(kind ?? 'add_on', pack));
  }
  #start(rule: Rule): void {
    batch(() => {
      this.rule.value = rule;
      this.#saved.value = rule;
      this.state.value = 'ready';
    });
    const found = this.#typed.found((one) => typeof one.rule === 'object' && one.rule !== null);
    if (found && !same(found.rule, rule)) this.offered.value = found;
    else this.#typed.forget();
  }

  async load(): Promise<void> {
    if (this.id === undefined && !this.rule.peek().id) return;
    const { answer: row } = await row_of(this.pack.id, this.id ?? this.rule.peek().id);
    const first = this.row.peek() === undefined;
    this.row.value = row;
    const rule = newest(row) ?? row.published ?? (await last_of(this.pack.id, row));
    // Under what somebody is typing nothing changes: what others did shows itself when this is kept.
    if (!first && this.dirty.peek()) return;
    this.#etag = row.draft?.etag;
    this.#base = row.published_etag ?? undefined;
    if (rule) this.#start(rule);
    if (row.draft?.stale && row.draft.rule && row.draft.state !== 'scheduled') {
      this.conflict.value = { theirs: row.published, by: row.history?.[0]?.who ?? '', at: row.history?.[0]?.at ?? '', etag: row.published_etag ?? '', base: row.draft.base ?? row.draft.rule, draft: row.draft.etag };
    }
  }

  /** The text that the browser had kept, taken back or thrown away. */
  take(): void {
    const found = this.offered.peek();
    if (found) this.rule.value = found.rule;
    this.offered.value = undefined;
    this.#later();
  }
  leave(): void {
    this.offered.value = undefined;
    this.#typed.forget();
  }

  set(pointer: string, value: unknown): void {
    const rule = put(this.rule.peek(), pointer, value);
    if (same(rule, this.rule.peek())) return;
    batch(() => {
      this.rule.value = rule;
      // What head office said of what stood there before is over.
      this.findings.value = this.findings.peek().filter((one) => !one.pointer.startsWith(pointer) && !pointer.startsWith(`${one.pointer}/`));
    });
    this.#typed.keep({ rule, ...(this.#etag === undefined ? {} : { etag: this.#etag }) });
    this.#later();
  }
  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { if (this.mistakes.peek().length === 0) void this.save(); }, kPause);
  }
  /** When head office answers again, or somebody has signed in again. */
  back(): void {
    if (this.away.peek() && this.dirty.peek()) this.#later();
  }

  /** False: it was not kept; why stands in `wrong`, `conflict` or the fields. */
  async save(): Promise<boolean> {
    clearTimeout(this.#timer);
    if (this.#going) await this.#going;
    if (!this.dirty.peek() || this.conflict.peek()) return !this.conflict.peek();
    this.#going = this.#send();
    const kept = await this.#going;
    this.#going = undefined;
    return kept;
  }
  async #send(): Promise<boolean> {
    let rule = this.rule.peek();
    const fresh = rule.id === '';
    if (fresh) rule = { ...rule, id: this.#sent[0]?.id ?? slug(rule.name) };
    this.state.value = 'saving';
    try {
      // A name that another rule has already gets a number.
      for (let n = 2; ; ++n) {
        try {
          const { etag, findings } = await keep_draft(this.pack.id, rule, this.#etag, this.#base);
          this.#sent = [];
          this.#kept(rule, etag, findings, fresh);
          break;
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          if (is_silence(error)) {
            this.#sent.push(rule);
            throw error;
          }
          const own = error.status === 412 && this.#sent.some((one) => same(one, error.problem['theirs']));
          this.#sent = [];
          // What stands there came from here: it was the answer that was lost.
          if (own) this.#etag = String(error.problem['etag']);
          else if (fresh && is_taken(error) && n <= 50) rule = { ...rule, id: `${slug(rule.name)}-${n}` };
          else throw error;
        }
      }
      await this.load().catch(() => undefined);
      return true;
    } catch (error) {
      this.#refused(error);
      return false;
    } finally {
      this.state.value = 'ready';
    }
  }
  #kept(rule: Rule, etag: string, findings: Finding[], fresh: boolean): void {
    batch(() => {
      this.#etag = etag;
      this.#saved.value = rule;
      if (fresh) this.rule.value = { ...this.rule.peek(), id: rule.id };
      this.findings.value = findings;
      this.saved_at.value = new Date().toISOString();
      this.away.value = false;
      this.wrong.value = undefined;
    });
    if (same(this.rule.peek(), rule)) this.#typed.forget();
    else this.#later();
    if (fresh) history.replaceState(null, '', `#rules/${encodeURIComponent(this.pack.id)}/${encodeURIComponent(rule.id)}`);
  }
  #refused(error: unknown): void {
    const refusal = error instanceof Refusal ? error : undefined;
    if (refusal?.status === 412) {
      const { theirs, by, at, etag } = refusal.problem as unknown as Omit<Conflict, 'base'>;
      this.conflict.value = { theirs: theirs ?? null, by: by ?? '', at: at ?? '', etag: etag ?? '', base: this.#saved.peek() };
    } else if (refusal && is_silence(refusal)) {
      this.away.value = true;
    } else {
      if (refusal?.errors.length) this.findings.value = refusal.errors.map((one) => ({ ...one, severity: one.severity ?? 'error' }));
      this.wrong.value = error;
    }
  }

  /** Somebody has chosen: what comes out goes on top of theirs. */
  async settle(rule: Rule): Promise<boolean> {
    const conflict = this.conflict.peek();
    if (!conflict) return true;
    const { answer: row } = await row_of(this.pack.id, this.rule.peek().id).catch(() => ({ answer: this.row.peek() }));
    batch(() => {
      // Theirs is a draft, or what is published.
      if (conflict.draft !== undefined || !row?.draft) {
        this.#etag = conflict.draft;
        this.#base = conflict.etag || undefined;
      } else {
        this.#etag = conflict.etag;
      }
      this.#saved.value = conflict.theirs ?? ({} as Rule);
      this.rule.value = rule;
      this.conflict.value = undefined;
    });
    return this.save();
  }

  /** Away with the draft: what is published stands here again, byte for byte. True: nothing is left of the rule. */
  async discard(): Promise<boolean> {
    clearTimeout(this.#timer);
    if (this.#going) await this.#going;
    this.#typed.forget();
    const row = this.row.peek();
    if (row?.draft) await discard_draft(this.pack.id, row.id, this.#etag ?? row.draft.etag);
    if (!row?.published) {
      this.rule.value = this.#saved.peek();
      return true;
    }
    batch(() => {
      this.#saved.value = row.published as Rule;
      this.rule.value = row.published as Rule;
      this.findings.value = [];
      this.tried.value = false;
    });
    this.row.value = undefined;
    await this.load();
    return false;
  }
  stop(): void { clearTimeout(this.#timer); }
  /** Somebody goes away: the browser keeps what was typed, and offers it when they come again. */
  abandon(): void {
    this.stop();
    this.rule.value = this.#saved.peek();
  }
}
