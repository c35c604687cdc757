// Names and pictures of products: from the prompt, else from the host, else the key itself.
import { type Signal, signal } from '@preact/signals';

import type { Prompt } from './api';
import type { Host } from './host';

export interface Product { name?: string; picture?: string }

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
  /** What an offer is called and looks like; a conversion adds nothing, so it goes by its headline. */
  of_prompt(prompt: Prompt, size: 'small' | 'large'): { name: string; picture: string | undefined } {
    if (!prompt.product) return { name: prompt.product_name ?? prompt.headline, picture: prompt.picture?.[size] };
    const asked = this.#ask(prompt.product);
    return {
      name: prompt.product_name ?? asked.name ?? prompt.product.replace(/^[a-z]+:/, ''),
      picture: prompt.picture?.[size] ?? asked.picture,
    };
  }
  picture(product: string): string | undefined {
    return this.#ask(product).picture;
  }
  /** The address of an offer's picture, once it is known; waits for the host's answer as long as that takes. */
  async picture_of(prompt: Prompt): Promise<string | undefined> {
    if (prompt.picture) return prompt.picture.large;
    if (!prompt.product || this.#ask(prompt.product).picture) return this.picture(prompt.product);
    await new Promise<void>((resolve) => this.#waiting.set(prompt.product, resolve));
    return this.picture(prompt.product);
  }
}
