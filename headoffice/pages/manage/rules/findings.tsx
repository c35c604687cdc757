// What is wrong with a rule, in words, and on top of the form with links to the fields.
import { useEffect, useRef } from 'preact/hooks';

import { finding_words } from '../seldom/seldom';
import { is_word, say } from '../words';
import { label_of } from './labels';
import type { Finding, Rule } from './model';

/** In the reader's language; of what is seldom found, with what head office said beside it. */
export function wording({ code, detail }: Finding): string {
  const word = `rules.f_${code ?? ''}`;
  return is_word(word) ? say(word) : finding_words(code, detail);
}

/** What a bundle earns is told of the bundle as a whole: it is mended at its price. */
export function at_field(one: Finding, { bundle }: Rule): Finding {
  if (one.pointer !== '/bundle' || !bundle || !/^below-(cost|floor)$/.test(one.code ?? '')) return one;
  const name = (['discount', 'discount_percent'] as const).find((member) => bundle[member] !== undefined) ?? 'price';
  return { ...one, pointer: `/bundle/${name}` };
}

/** The control of a place in the rule, or of the nearest around it. */
export function control_of(pointer: string): HTMLElement | undefined {
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const found = [...document.querySelectorAll<HTMLElement>('.editor [data-at]')].find((one) => one.dataset['at'] === at);
    if (found) return found;
    if (at === '') return undefined;
  }
}
export function focus_on(pointer: string): void {
  const control = control_of(pointer);
  const folded = control?.closest('details:not([open])');
  if (folded) (folded as HTMLDetailsElement).open = true;
  control?.scrollIntoView({ block: 'center' });
  control?.focus({ preventScroll: true });
}

/** `shown` grows with every try: the first field that is wrong gets the focus then. */
export function Summary({ found, shown, reveal }: { found: Finding[]; shown: number; reveal: (pointer: string) => void }) {
  const last = useRef(shown);
  const told = (one: Finding) => (label_of(one.pointer) ? `${label_of(one.pointer)}: ${wording(one)}` : wording(one));
  const once = found.filter((one, i) => found.findIndex((other) => told(other) === told(one)) === i);
  const errors = once.filter(({ severity }) => severity === 'error');
  const warnings = once.filter(({ severity }) => severity !== 'error');
  const go = (pointer: string) => {
    reveal(pointer);
    setTimeout(() => focus_on(pointer));
  };
  useEffect(() => {
    if (shown === last.current) return;
    last.current = shown;
    if (errors[0]) go(errors[0].pointer);
  }, [shown]);
  if (found.length === 0) return null;
  const links = (some: Finding[]) => <ul>{some.map((one, i) => <li key={i}><a href={`#at${one.pointer}`} onClick={(event) => { event.preventDefault(); event.stopPropagation(); go(one.pointer); }}>{told(one)}</a></li>)}</ul>;
  return <>
    {errors.length > 0 && <section class="notice bad summary" role="alert"><strong>{say('rules.wrong', { count: errors.length })}</strong>{links(errors)}</section>}
    {warnings.length > 0 && <section class="notice mind summary"><strong>{say('rules.warned', { count: warnings.length })}</strong>{links(warnings)}</section>}
  </>;
}
