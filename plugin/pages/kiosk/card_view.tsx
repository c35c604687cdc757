import { useLayoutEffect, useRef } from 'preact/hooks';

import { allergen } from '../../../sdk/js/shared/allergens';
import type { Prompt } from '../../../sdk/js/shared/api';
import { language, say } from '../../../sdk/js/shared/i18n';
import { price } from '../../../sdk/js/shared/money';
import { Picture } from '../../../sdk/js/shared/picture';
import type { Products } from '../../../sdk/js/shared/products';
import type { Card, Panel } from './panel';

/** "+ €3.99", "− €1.50" */
export function price_tag(prompt: Prompt): string {
  const text = price(Math.abs(prompt.price_effect), prompt.exponent, prompt.currency, language.value);
  return `${prompt.price_effect < 0 ? '\u2212' : '+'}\u00a0${text}`;
}

/** "Contains gluten, milk", as the catalogue has it; empty where it says nothing, or that there is nothing. */
export function contents(prompt: Prompt): string {
  const tag = language.value;
  if (!prompt.allergens?.length) return '';
  const list = new Intl.ListFormat(tag, { style: 'narrow', type: 'conjunction' }).format(prompt.allergens.map((word) => allergen(word, tag)));
  return say('contains', { list });
}

const Tick = () => <svg class="sign" viewBox="0 0 24 24" aria-hidden="true"><path d="M4.5 12.5l5 5L19.5 7" /></svg>;

function Stepper({ card, name, panel }: { card: Card; name: string; panel: Panel }) {
  const more = useRef<HTMLButtonElement>(null);
  const less = useRef<HTMLButtonElement>(null);
  const counted = card.prompt.action === 'add';
  // The Add button is gone; what took its place keeps the focus.
  useLayoutEffect(() => (more.current ?? less.current)?.focus({ preventScroll: true }), []);
  const busy = card.is === 'adding';
  return (
    <div class="stepper">
      <button ref={less} type="button" aria-label={counted ? say('one_less', { name }) : say('undo')} aria-disabled={busy} onClick={() => void panel.step(card, -1)}>
        {counted ? '\u2212' : say('undo')}
      </button>
      {counted && <output>{new Intl.NumberFormat(language.value).format(card.count)}</output>}
      {counted && <button ref={more} type="button" aria-label={say('one_more', { name })} aria-disabled={busy} onClick={() => void panel.step(card, 1)}>+</button>}
    </div>
  );
}

export function CardView({ card, panel, products }: { card: Card; panel: Panel; products: Products }) {
  const { prompt } = card;
  const { name, picture } = products.of_prompt(prompt, 'large');
  const inside = contents(prompt);
  const taken = card.is === 'added' || (card.is === 'adding' && card.count > 0);
  return (
    <li class={`card at${card.place} is-${taken ? 'added' : card.is}`}>
      <Picture source={picture} name={name} class="large" />
      <div class="words">
        <h2>{prompt.headline}</h2>
        <p>{card.is === 'failed' ? <strong class="failed">{say('could_not_add')}</strong> : prompt.reason}</p>
        {prompt.saving > 0 && card.is !== 'failed' &&
          <p class="saving">{say('meal_saving', { amount: price(prompt.saving, prompt.exponent, prompt.currency, language.value) })}</p>}
        {inside && <p class="inside">{inside}</p>}
      </div>
      <div class="act">
        {taken ? (
          <>
            <span class="taken"><Tick /> {say('added')}</span>
            <Stepper card={card} name={name} panel={panel} />
          </>
        ) : (
          <button type="button" class="add" aria-disabled={card.is === 'adding'} onClick={() => void panel.add(card)}
                  aria-label={say('add_name', { name, price: price_tag(prompt) })}>
            {prompt.price_before !== undefined && <s><bdi>{price(prompt.price_before, prompt.exponent, prompt.currency, language.value)}</bdi></s>}
            <bdi>{price_tag(prompt)}</bdi>
            {prompt.plus_tax && <small>{say('plus_tax')}</small>}
          </button>
        )}
      </div>
    </li>
  );
}
