// A pack's stores and settings being edited: what stands in the forms, what head office has, and how the two come together. No DOM.
//
//   typed            -> kept by the browser at once, by head office when somebody saves
//   head office gone -> stays with the browser
//   412              -> conflict: nothing is written until somebody has chosen
import { batch, computed, signal } from '@preact/signals';

import { Refusal } from '../api';
import type { Finding } from '../rules/model';
import { put, same } from '../rules/pointer';
import { TypedText } from '../typed';
import { discard_frame, type Frame, frame_of, type FrameRow, keep_frame } from './model';

/** `draft`: the tag of the own draft that stands beside what was published meanwhile. */
export interface Clash { theirs: Frame; by: string; at: string; etag: string; base: Frame; draft?: string }

export class Editing {
  readonly row;
  readonly frame;
  /** Of head office, for what it was sent last. */
  readonly findings = signal<Finding[]>([]);
  readonly saving = signal(false);
  readonly away = signal(false);
  readonly clash = signal<Clash | undefined>(undefined);
  readonly offered = signal<{ frame: Frame; base: Frame; at: string } | undefined>(undefined);
  readonly wrong = signal<unknown>(undefined);
  readonly #saved;
  readonly dirty = computed(() => !same(this.frame.value, this.#saved.value));
  readonly #typed: TypedText<{ frame: Frame; base: Frame }>;
  #etag = '';
  #base: string | undefined;
  #going: Promise<boolean> | undefined;

  constructor(readonly pack: string, row: FrameRow) {
    this.#typed = new TypedText(`stores/${pack}`);
    const start = row.draft?.frame ?? row.published;
    this.row = signal(row);
    this.frame = signal(start);
    this.#saved = signal(start);
    this.#take(row);
    const found = row.may_edit ? this.#typed.found((one) => Array.isArray(one.frame?.stores) && Array.isArray(one.base?.stores)) : undefined;
    if (found && !same(found.frame, start)) this.offered.value = found;
    else this.#typed.forget();
  }
  #take(row: FrameRow): void {
    const start = row.draft?.frame ?? row.published;
    batch(() => {
      this.row.value = row;
      this.frame.value = start;
      this.#saved.value = start;
    });
    this.#etag = row.draft?.etag ?? row.published_etag;
    this.#base = row.draft ? undefined : row.published_etag;
    if (row.draft?.stale && row.draft.state !== 'scheduled') {
      const last = row.history[0];
      this.clash.value = { theirs: row.published, by: last?.who ?? '', at: last?.at ?? '', etag: row.published_etag, base: row.draft.base, draft: row.draft.etag };
    }
  }
  async load(): Promise<void> {
    const row = await frame_of(this.pack);
    // Under what somebody is typing nothing changes: what others did shows itself when this is kept.
    if (!this.dirty.peek()) this.#take(row);
    else this.row.value = row;
  }

  /** The text that the browser had kept, taken back or thrown away. What others changed since is not written over. */
  take(): void {
    const found = this.offered.peek();
    this.offered.value = undefined;
    if (!found) return;
    const theirs = this.#saved.peek();
    this.change(found.frame);
    if (same(found.base, theirs)) return;
    const { draft, history } = this.row.peek();
    this.clash.value = { theirs, by: draft?.by ?? history[0]?.who ?? '', at: draft?.at ?? history[0]?.at ?? '', etag: this.#etag, base: found.base };
  }
  leave(): void {
    this.offered.value = undefined;
    this.#typed.forget();
  }

  /** `at`: where; what head office said of that place is over. */
  change(frame: Frame, at = ''): void {
    if (same(frame, this.frame.peek())) return;
    batch(() => {
      this.frame.value = frame;
      this.findings.value = this.findings.peek().filter((one) => one.rule || (!one.pointer.startsWith(at) && !at.startsWith(`${one.pointer}/`)));
    });
    if (this.dirty.peek()) this.#typed.keep({ frame, base: this.#saved.peek() });
    else this.#typed.forget();
  }
  set(pointer: string, value: unknown): void { this.change(put(this.frame.peek(), pointer, value), pointer); }

  /** False: it was not kept; why stands in `wrong`, `clash` or `away`. What is wrong in it is kept, too, and told in `findings`. */
  async save(): Promise<boolean> {
    if (this.#going) await this.#going;
    if (this.clash.peek()) return false;
    if (!this.dirty.peek() && this.row.peek().draft) return true;
    this.#going = this.#send();
    const kept = await this.#going;
    this.#going = undefined;
    return kept;
  }
  async #send(): Promise<boolean> {
    const frame = this.frame.peek();
    this.saving.value = true;
    try {
      const { etag, findings } = await keep_frame(this.pack, frame, this.#etag, this.#base);
      this.#etag = etag;
      this.#base = undefined;
      batch(() => {
        this.#saved.value = frame;
        this.findings.value = findings;
        this.away.value = false;
        this.wrong.value = undefined;
      });
      if (!this.dirty.peek()) this.#typed.forget();
      await this.load().catch(() => undefined);
      return true;
    } catch (error) {
      this.#refused(error);
      return false;
    } finally {
      this.saving.value = false;
    }
  }
  #refused(error: unknown): void {
    const refusal = error instanceof Refusal ? error : undefined;
    if (refusal?.status === 412) {
      const { theirs, by, at, etag } = refusal.problem as unknown as Omit<Clash, 'base'>;
      this.clash.value = { theirs, by: by ?? '', at: at ?? '', etag, base: this.#saved.peek() };
    } else if (refusal && (refusal.status === 0 || refusal.status === 401 || refusal.status >= 500)) {
      this.away.value = true;
    } else {
      if (refusal?.errors.length) this.told(refusal);
      this.wrong.value = error;
    }
  }
  /** What a step was refused for, at its places. */
  told({ errors }: Refusal): void { this.findings.value = errors.map((one) => ({ ...one, severity: one.severity ?? 'error' })); }

  /** Somebody has chosen: what comes out goes on top of theirs. */
  async settle(frame: Frame): Promise<boolean> {
    const clash = this.clash.peek();
    if (!clash) return true;
    const row = await frame_of(this.pack).catch(() => this.row.peek());
    // Theirs is a draft, or what is published.
    const published = clash.draft !== undefined || !row.draft;
    this.#etag = clash.draft ?? clash.etag;
    this.#base = published ? clash.etag : undefined;
    batch(() => {
      this.row.value = row;
      this.#saved.value = clash.theirs;
      this.frame.value = frame;
      this.clash.value = undefined;
    });
    if (!this.dirty.peek() && !clash.draft) {
      this.#typed.forget();
      return true;
    }
    this.#going = this.#send();
    const kept = await this.#going;
    this.#going = undefined;
    return kept;
  }

  /** Away with the draft: what is published stands here again. */
  async discard(): Promise<void> {
    this.#typed.forget();
    const { draft } = this.row.peek();
    if (draft) await discard_frame(this.pack, this.#etag);
    this.frame.value = this.#saved.peek();
    this.findings.value = [];
    this.clash.value = undefined;
    await this.load();
  }
  /** Somebody goes away: the browser keeps what was typed, and offers it when they come again. */
  abandon(): void { this.frame.value = this.#saved.peek(); }
}
