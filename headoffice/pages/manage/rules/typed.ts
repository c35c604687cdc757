// What was typed and is not at head office yet, kept by the browser: it is offered back to the same person.
import { session } from '../api';
import type { Rule } from './model';

export interface Typed { rule: Rule; at: string; etag?: string }

const key = (pack: string, rule: string): string => `sidedish-typed:${session.peek()?.person.id ?? ''}/${pack}/${rule}`;

export class TypedText {
  readonly #key: string;
  constructor(pack: string, rule: string) { this.#key = key(pack, rule); }
  keep(rule: Rule, etag: string | undefined): void {
    try {
      localStorage.setItem(this.#key, JSON.stringify({ rule, at: new Date().toISOString(), ...(etag === undefined ? {} : { etag }) } satisfies Typed));
    } catch {
      // The browser keeps nothing (full, or told not to): the page still has it.
    }
  }
  found(): Typed | undefined {
    try {
      const value = JSON.parse(localStorage.getItem(this.#key) ?? 'null') as Typed | null;
      return value && typeof value.rule === 'object' && value.rule ? value : undefined;
    } catch {
      return undefined;
    }
  }
  forget(): void { localStorage.removeItem(this.#key); }
}
