// A question that has to be answered before it goes on: the browser's own dialog; and the one before something typed is left behind.
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { hold } from './leave';
import { Notice } from './parts';
import { told } from './sign_in';
import { say } from './words';

interface Props {
  title: string; button: string | undefined; close: () => void; act: (why: string) => Promise<unknown> | unknown;
  why?: boolean; children?: ComponentChildren; danger?: boolean; wide?: boolean; keep?: string; ready?: () => boolean;
}

/** Without a `button` there is nothing to do but to close it. `why`: asks for a reason, which the history keeps. `ready` false: something in it is wrong, says so, and gets the focus. Closes itself when `act` is done; what failed is said in it. */
export function Dialog({ title, button, close, act, why = false, children, danger = false, wide = false, keep, ready }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const [text, set_text] = useState('');
  const [wrong, set_wrong] = useState<unknown>();
  const [busy, set_busy] = useState(false);
  const [empty, set_empty] = useState(false);
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.showModal();
    return () => {
      before?.focus();
      // What opened it may be gone with what it did.
      setTimeout(() => {
        const title = document.querySelector<HTMLElement>('main h1');
        if (!title || document.activeElement !== document.body) return;
        title.tabIndex = -1;
        title.focus();
      });
    };
  }, []);
  const send = async (event: Event) => {
    event.preventDefault();
    if (busy) return;
    const lacks = why && text.trim() === '';
    set_empty(lacks);
    if (!(ready?.() ?? true) || lacks) {
      setTimeout(() => box.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus());
      return;
    }
    set_busy(true);
    try {
      await act(text.trim());
      close();
    } catch (error) {
      set_wrong(error);
      set_busy(false);
    }
  };
  const question = use_guard({ held: () => text.trim() !== '' && !busy, left: close });
  return <><dialog ref={box} class={wide ? 'dialog wide-dialog' : 'dialog'} aria-labelledby="ask" onCancel={(event) => { event.preventDefault(); close(); }}>
    <form onSubmit={(event) => void send(event)} noValidate>
      <h2 id="ask">{title}</h2>
      {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
      {children}
      {why && <div class="field"><label for="ask-why">{say('why')}</label>
        <input id="ask-why" name="why" type="text" autocomplete="off" value={text} maxLength={300} aria-invalid={empty && text.trim() === ''} aria-describedby="ask-about" onInput={(event) => set_text(event.currentTarget.value)} />
        <span id="ask-about" class={empty && text.trim() === '' ? 'wrong' : 'quiet'}>{say('rules.why_hint')}</span></div>}
      <div class="row">{button && <button class={danger ? 'main danger' : 'main'} aria-disabled={busy}>{button}</button>}<button type="button" class="plain" onClick={close}>{keep ?? say('cancel')}</button></div>
    </form>
  </dialog>{question}</>;
}

/** What is held in its place. */
export interface Held {
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
export function use_guard({ held, own, of, kept = false, left }: Held): JSX.Element | null {
  const [go, set_go] = useState<() => void>();
  const free = useRef(false);
  const now = useRef(held);
  now.current = held;
  useLayoutEffect(() => {
    const here = location.hash;
    return hold({ held: () => !free.current && now.current(), own: own ?? (() => here), ask: (wanted) => set_go(() => wanted), ...(of === undefined ? {} : { of }) });
  }, []);
  if (!go) return null;
  return <Dialog title={say('leave_title')} button={say('leave')} keep={say('stay')} close={() => set_go(undefined)}
    act={() => { free.current = true; left?.(); go(); }}><p>{say(kept ? 'leave_text' : 'leave_lost')}</p></Dialog>;
}
