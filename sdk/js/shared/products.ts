// Names and pictures of products: from the prompt, else from the host, else the key itself.
import { type Signal, signal } from '@preact/signals';

import type { Prompt } from './api';
import type { Host } from './host';

export interface Product { name?: string; picture?: string }

const pictured = (prompt: Prompt): string => prompt.product || (prompt.parts?.[0]?.product ?? '');

export class Products {
  readonly #known = new Map<string, Signal<Product>>();
  readonly #host: Host;
  readonly #waiting = new Map<string, () => void>();
  #language = '';

  constructor(host: Host) {
    this.#host = host;
    host.on('described', ({ product, name, picture }) => {
      const known = this.#known.get(product);
      if (!known) return;
      const before = known.peek().picture;
      known.value = { ...(typeof name === 'string' ? { name } : {}), ...(picture instanceof Blob ? { picture: URL.createObjectURL(picture) } : {}) };
      if (before) URL.revokeObjectURL(before);
      this.#waiting.get(product)?.();
      this.#waiting.delete(product);
    });
  }
  /** Asks the host anew, in another language; what is known stays until the answer. */
  speak(language: string): void {
    if (language === this.#language) return;
    this.#language = language;
    for (const product of this.#known.keys()) this.#host.tell('describe', { product, language });
  }
  #ask(product: string): Product {
    let known = this.#known.get(product);
    if (!known) {
      known = signal<Product>({});
      this.#known.set(product, known);
      this.#host.tell('describe', { product, language: this.#language });
    }
    return known.value;
  }
  /** Forgets all but these: a day has many products. */
  keep(products: Set<string>): void {
    for (const [product, known] of this.#known) {
      if (products.has(product)) continue;
      const { picture } = known.peek();
      if (picture) URL.revokeObjectURL(picture);
      this.#known.delete(product);
    }
  }
  name(product: string, said?: string): string {
    return said ?? this.#ask(product).name ?? product.replace(/^[a-z]+:/, '');
  }
  /** What an offer is called and looks like; a conversion adds nothing, so it goes by its headline and looks like its first part. */
  of_prompt(prompt: Prompt, size: 'small' | 'large'): { name: string; picture: string | undefined } {
    const seen = pictured(prompt);
    const asked = seen ? this.#ask(seen) : {};
    return {
      name: prompt.product ? prompt.product_name ?? asked.name ?? prompt.product.replace(/^[a-z]+:/, '') : prompt.headline,
      picture: prompt.picture?.[size] ?? asked.picture,
    };
  }
  picture(product: string): string | undefined {
    return this.#ask(product).picture;
  }
  /** The address of an offer's picture, once it is known; waits for the host's answer as long as that takes. */
  async picture_of(prompt: Prompt): Promise<string | undefined> {
    if (prompt.picture) return prompt.picture.large;
    const seen = pictured(prompt);
    if (!seen) return undefined;
    if (!this.#ask(seen).picture) await new Promise<void>((resolve) => this.#waiting.set(seen, resolve));
    return this.picture(seen);
  }
}
