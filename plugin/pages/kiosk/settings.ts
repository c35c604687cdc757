// What a customer sets for themselves; the next one finds everything as the store has it.
import { effect, signal } from '@preact/signals';

import { use_language } from '../../../sdk/js/shared/i18n';
import type { Products } from '../../../sdk/js/shared/products';

export const contrast = signal(false);
export const reach = signal(false);

effect(() => { document.documentElement.dataset.contrast = contrast.value ? 'high' : 'normal'; });
effect(() => { document.documentElement.dataset.reach = String(reach.value); });

/** The page's words, and the products' names. */
export function speak_language(tag: string, products: Products): void {
  use_language(tag);
  products.speak(tag);
}
