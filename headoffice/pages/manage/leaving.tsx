// The question before something typed is left behind.
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { Dialog } from './dialog';
import { hold } from './leave';
import { say } from './words';

/** What stands in a form, to be compared with what stands there later. */
export const standing = (form: HTMLFormElement | null | undefined): string =>
  JSON.stringify(form ? [...new FormData(form)].map(([name, value]) => [name, typeof value === 'string' ? value : value.name]) : []);

interface Options {
  held: () => boolean;
  own?: () => string;
  /** What is held, see leave_first(). */
  of?: string;
  /** The browser keeps it, and it is offered again. */
  kept?: boolean;
  /** It is left. */
  left?: () => void;
}

/** Holds a place while `held` says so. What it returns is the question, to be drawn outside of any form. */
export function use_guard({ held, own, of, kept = false, left }: Options): JSX.Element | null {
  const [go, set_go] = useState<() => void>();
  const free = useRef(false);
  const now = useRef(held);
  now.current = held;
  useEffect(() => {
    const here = location.hash;
    return hold({ held: () => !free.current && now.current(), own: own ?? (() => here), ask: (wanted) => set_go(() => wanted), ...(of === undefined ? {} : { of }) });
  }, []);
  if (!go) return null;
  return <Dialog title={say('leave_title')} button={say('leave')} keep={say('stay')} close={() => set_go(undefined)}
    act={() => { free.current = true; left?.(); go(); }}><p>{say(kept ? 'leave_text' : 'leave_lost')}</p></Dialog>;
}

/** The same for all that stands in a form, since it was drawn or `fresh` changed. */
export function use_form_guard(form: { current: HTMLFormElement | null }, { fresh, ...options }: Omit<Options, 'held'> & { fresh?: unknown } = {}): JSX.Element | null {
  const first = useRef('');
  useEffect(() => { first.current = standing(form.current); }, [fresh]);
  return use_guard({ ...options, held: () => form.current !== null && standing(form.current) !== first.current });
}
