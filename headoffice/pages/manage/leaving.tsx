// The question before what stands in a form is left behind.
import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

import { use_guard, type Held } from './dialog';

/** What stands in a form, to be compared with what stands there later. */
export const standing = (form: HTMLFormElement | null | undefined): string =>
  JSON.stringify(form ? [...new FormData(form)].map(([name, value]) => [name, typeof value === 'string' ? value : value.name]) : []);

/** The same for all that stands in a form, since it was drawn or `fresh` changed. */
export function use_form_guard(form: { current: HTMLFormElement | null }, { fresh, ...options }: Omit<Held, 'held'> & { fresh?: unknown } = {}): JSX.Element | null {
  const first = useRef('');
  useLayoutEffect(() => { first.current = standing(form.current); }, [fresh]);
  return use_guard({ ...options, held: () => form.current !== null && standing(form.current) !== first.current });
}
