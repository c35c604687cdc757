// Asking until it is answered: what failed for now is asked again with growing pauses, and at once when head office is back.
import { effect } from '@preact/signals';

import { online, Refusal, session } from './api';

const kFirst = 1000; // ms
const kLongest = 30_000;

const signed_out = (wrong: unknown): boolean => wrong instanceof Refusal && wrong.status === 401;
/** Whether the same may be answered later: no answer, a script that did not come, a server in trouble, nobody signed in. */
const may_pass = (wrong: unknown): boolean => !(wrong instanceof Refusal) || wrong.status === 0 || wrong.status === 429 || wrong.status >= 500 || signed_out(wrong);

/** `failed` hears of every try that failed. The returned function ends it. */
export function until_answered<Answer>(call: () => Promise<Answer>, got: (answer: Answer) => void, failed: (wrong: unknown) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = kFirst;
  let waits: { wrong: unknown } | undefined;
  let over = false;
  const ask = () => {
    clearTimeout(timer);
    waits = undefined;
    call().then((answer) => {
      if (over) return;
      stop();
      got(answer);
    }, (wrong: unknown) => {
      if (over) return;
      failed(wrong);
      if (!may_pass(wrong)) return stop();
      waits = { wrong };
      // Who is signed out comes back by the sign-in alone.
      if (!signed_out(wrong)) timer = setTimeout(ask, pause);
      pause = Math.min(2 * pause, kLongest);
    });
  };
  const off = effect(() => {
    const here = session.value !== undefined;
    if (online.value && waits && (here || !signed_out(waits.wrong))) ask();
  });
  function stop(): void {
    over = true;
    clearTimeout(timer);
    off();
  }
  ask();
  return stop;
}
