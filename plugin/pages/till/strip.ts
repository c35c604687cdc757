// What the strip shows, and when. No DOM: states, answers and times.
//
//   state      left by
//   empty      a fresh prompt -> prompt
//   prompt     F8 -> accepted or error; F9 -> chip; 12 s -> chip; withdrawn, tender, basket over -> empty
//   accepted   F9 -> undone: empty; 5 s, tender -> empty
//   chip       F8 -> prompt again; tender, basket over, withdrawn unless it was declined -> empty
//   error      5 s -> empty
//   noted      2 s -> empty ("not a fit" is written down)
import { signal } from '@preact/signals';

import type { Api, Config, Prompt } from '../../../sdk/js/shared/api';
import type { Host } from '../../../sdk/js/shared/host';
import type { Events } from '../../../sdk/js/shared/stream';

export const kShown = 5000; // ms that a yes can be taken back, and that an error is shown
const kNoted = 2000;
const kRelated = 5000; // a change longer ago than this is not what a prompt answers
const kRecord = 800; // for recording a yes: with the quiet around the key, a second

export type View =
  | { is: 'empty' }
  | { is: 'prompt'; prompt: Prompt; why: boolean; busy: boolean }
  | { is: 'accepted'; prompt: Prompt; busy: boolean }
  | { is: 'chip'; prompt: Prompt; declined: boolean }
  | { is: 'error'; what: 'not_added' | 'not_removed' }
  | { is: 'noted' };

const kEmpty: View = { is: 'empty' };

export class Strip {
  readonly view = signal<View>(kEmpty);
  readonly online = signal(true);
  readonly rush = signal(false);

  readonly #api: Api;
  readonly #host: Host;
  readonly #config: Config;
  /** Prompts that got their answer here: they come back in no way but by the chip. */
  readonly #answered = new Set<string>();
  #basket = '';
  #tender = false;
  #changed_at = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api, host: Host, config: Config) {
    this.#api = api;
    this.#host = host;
    this.#config = config;
  }

  #show(view: View, after_ms?: number, then?: () => void): void {
    clearTimeout(this.#timer);
    this.view.value = view;
    if (after_ms !== undefined) this.#timer = setTimeout(then ?? (() => this.#show(kEmpty)), after_ms);
  }
  #offer(prompt: Prompt): void {
    const declined = this.#answered.has(prompt.id);
    this.#show({ is: 'prompt', prompt, why: false, busy: false }, this.#config.fold_ms,
               () => this.#show({ is: 'chip', prompt, declined }));
  }

  // ---- what the agent says -------------------------------------------------------------------------------------

  /** The host's basket was changed just now: what is said about it later than late_ms is never shown. */
  changed(): void {
    this.#changed_at = performance.now();
  }
  prompts(said: Events['prompts']): void {
    this.#enter(said.basket);
    const view = this.view.peek();
    const stands = 'prompt' in view && said.prompts.some(({ id }) => id === view.prompt.id);
    if (view.is === 'prompt' && !view.busy && !stands && !this.#answered.has(view.prompt.id)) this.#show(kEmpty);
    if (view.is === 'chip' && !view.declined && !stands) this.#show(kEmpty);
    if (this.view.peek().is !== 'empty' || this.#tender) return;
    const prompt = said.prompts.find(({ id, action, moment }) => action !== 'none' && moment !== 'receipt' && !this.#answered.has(id));
    if (!prompt) return;
    const since = performance.now() - this.#changed_at;
    const age = Math.max(said.age_ms ?? 0, since < kRelated ? since : 0);
    if (age <= this.#config.late_ms) this.#offer(prompt);
  }
  basket(said: Events['basket']): void {
    this.#enter(said.basket);
    this.#tender = said.tender;
    const { is } = this.view.peek();
    if (said.tender || said.mode !== 'sale' || said.holds.some((hold) => hold !== 'rush')) {
      // Once it is paid for, F9 takes nothing back any more.
      if (is === 'prompt' || is === 'chip' || (is === 'accepted' && said.tender)) this.#clear();
    }
  }
  closed(said: Events['closed']): void {
    if (said.basket === this.#basket) this.#clear();
  }
  /** The past is not known any more; what stands is said anew. */
  reset(): void {
    const { is } = this.view.peek();
    if (is === 'prompt' || is === 'chip') this.#clear();
  }
  state(said: Events['state']): void {
    this.rush.value = said.rush ?? false;
  }
  #enter(basket: string): void {
    if (basket === this.#basket) return;
    this.#basket = basket;
    this.#tender = false;
    this.#answered.clear();
    this.#clear();
  }
  #clear(): void {
    const view = this.view.peek();
    if ((view.is === 'prompt' || view.is === 'accepted') && view.busy) return; // its own end comes
    this.#show(kEmpty);
  }

  // ---- what the cashier says -----------------------------------------------------------------------------------

  key(name: string): void {
    if (name === this.#config.keys.accept) this.yes();
    else if (name === this.#config.keys.decline) this.no();
  }
  yes(): void {
    const view = this.view.peek();
    if (view.is === 'chip') this.#offer(view.prompt);
    else if (view.is === 'prompt' && !view.busy) void this.#accept(view.prompt);
  }
  no(): void {
    const view = this.view.peek();
    if (view.is === 'accepted' && !view.busy) void this.#undo(view.prompt);
    else if (view.is === 'prompt' && !view.busy) this.#decline(view.prompt);
  }
  /** A long press on No: this offer does not fit this basket, whoever asks. */
  not_a_fit(): void {
    const view = this.view.peek();
    if (view.is !== 'prompt' || view.busy) return;
    const { prompt } = view;
    this.#answered.add(prompt.id);
    void this.#api.outcome(prompt.id, 'not_a_fit', 'staff').then(() => this.#api.outcome(prompt.id, 'declined', 'staff'));
    this.#show({ is: 'noted' }, kNoted);
  }
  why(): void {
    const view = this.view.peek();
    if (view.is === 'prompt') this.view.value = { ...view, why: !view.why };
  }

  async #accept(prompt: Prompt): Promise<void> {
    this.#show({ is: 'prompt', prompt, why: false, busy: true });
    this.#answered.add(prompt.id);
    const recorded = await this.#api.outcome(prompt.id, 'accepted', 'staff', undefined, kRecord);
    if (recorded === 'ok' && (await this.#host.add(prompt))) {
      this.#show({ is: 'accepted', prompt, busy: false }, kShown);
      return;
    }
    this.#show({ is: 'error', what: 'not_added' }, kShown);
    if (recorded !== 'refused') void this.#api.outcome(prompt.id, 'accept_failed', 'staff', recorded === 'ok' ? 'host' : 'agent');
  }
  async #undo(prompt: Prompt): Promise<void> {
    this.#show({ is: 'accepted', prompt, busy: true });
    if (await this.#host.undo(prompt)) {
      void this.#api.outcome(prompt.id, 'undone', 'staff');
      this.#show(kEmpty);
    } else {
      this.#show({ is: 'error', what: 'not_removed' }, kShown);
    }
  }
  #decline(prompt: Prompt): void {
    const again = this.#answered.has(prompt.id);
    this.#answered.add(prompt.id);
    if (!again) void this.#api.outcome(prompt.id, 'declined', 'staff');
    // Recalled once, and no once more: that was the last word.
    this.#show(again ? kEmpty : { is: 'chip', prompt, declined: true });
  }
}
