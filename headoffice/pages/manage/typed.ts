// What was typed and is not at head office yet, kept by the browser: it is offered back to the same person.
import { session } from './api';

export type Typed<What> = What & { at: string };

const own = (): string => `sidedish-typed:${session.peek()?.person.id ?? ''}/`;

export class TypedText<What extends object> {
  readonly #key: string;
  /** `place`: what it belongs to. */
  constructor(place: string) { this.#key = own() + place; }
  keep(what: What): void {
    try {
      localStorage.setItem(this.#key, JSON.stringify({ ...what, at: new Date().toISOString() } satisfies Typed<What>));
    } catch {
      // The browser keeps nothing (full, or told not to): the page still has it.
    }
  }
  /** `fits`: whether it is what is kept today; another version of the page may have kept it. */
  found(fits: (what: Partial<What>) => boolean): Typed<What> | undefined {
    try {
      const value = JSON.parse(localStorage.getItem(this.#key) ?? 'null') as Typed<What> | null;
      return value && fits(value) ? value : undefined;
    } catch {
      return undefined;
    }
  }
  forget(): void { localStorage.removeItem(this.#key); }
}

/** Places below `start` that something is kept of, without it. */
export const typed_places = (start: string): string[] => Object.keys(localStorage).flatMap((key) => (key.startsWith(own() + start) ? [key.slice((own() + start).length)] : [])).sort();
