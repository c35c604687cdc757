// The question before an order: why?
import { signal } from '@preact/signals';
import { useRef, useState } from 'preact/hooks';

import { Refusal } from '../api';
import { use_form_guard } from '../leaving';
import { Errors, Field, Notice } from '../parts';
import { told } from '../sign_in';
import { say } from './words';

/** The one question that is open: for which order, or which version. */
export const asked = signal('');

interface AskProps { title: string; text: string; button: string; send: (why: string) => Promise<void> }

/** Nothing is ordered without a reason. */
export function AskWhy({ title, text, button, send }: AskProps) {
  const [wrong, set_wrong] = useState<unknown>();
  const [busy, set_busy] = useState(false);
  const form = useRef<HTMLFormElement | null>(null);
  const question = use_form_guard(form, { left: () => { asked.value = ''; } });
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy) return;
    const why = String(new FormData(event.currentTarget as HTMLFormElement).get('why') ?? '').trim();
    if (!why) return set_wrong(new Refusal(422, 'no-reason', '', [{ pointer: '/why', detail: 'expected a reason' }], 0));
    set_busy(true);
    try {
      await send(why);
    } catch (error) {
      set_wrong(error);
      set_busy(false);
    }
  };
  const start = (drawn: HTMLFormElement | null) => {
    form.current = drawn;
    if (drawn && !drawn.contains(document.activeElement)) drawn.querySelector('input')?.focus();
  };
  const missing = wrong instanceof Refusal && wrong.type === 'no-reason';
  return <><form class="ask" ref={start} onSubmit={(event) => void submit(event)} noValidate aria-label={title}>
    <h3>{title}</h3>
    <p>{text}</p>
    {wrong !== undefined && !missing && <Notice bad>{told(wrong)}</Notice>}
    <Errors.Provider value={wrong instanceof Refusal ? wrong.errors : []}><Field name="why" label={say('why')} /></Errors.Provider>
    <div class="row"><button class="main" aria-disabled={busy}>{button}</button><button type="button" class="plain" onClick={() => { asked.value = ''; }}>{say('cancel')}</button></div>
  </form>{question}</>;
}
