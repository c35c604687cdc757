// Somebody is there, or nobody: after 90 s without a touch a warning for 30 s, then everything is as for the next customer.
import { signal } from '@preact/signals';

export const kQuiet = 90_000;
export const kWarning = 30_000;

export class Idle {
  /** Whole seconds that are left of the warning; undefined: there is none. */
  readonly left = signal<number | undefined>(undefined);
  readonly #over: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watching = false;

  constructor(over: () => void) {
    this.#over = over;
  }
  /** Counts only while there is something to lose. */
  watch(on: boolean): void {
    if (on === this.#watching) return;
    this.#watching = on;
    this.active();
  }
  /** Any touch, key or word of the host: starts anew, as often as wanted. */
  active(): void {
    clearTimeout(this.#timer);
    this.left.value = undefined;
    if (this.#watching) this.#timer = setTimeout(() => this.#warn(kWarning / 1000), kQuiet);
  }
  #warn(left: number): void {
    if (left === 0) {
      this.#watching = false;
      this.left.value = undefined;
      this.#over();
      return;
    }
    this.left.value = left;
    this.#timer = setTimeout(() => this.#warn(left - 1), 1000);
  }
}
