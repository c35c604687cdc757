// Coming in: by name and password, or by a link that somebody was given.
import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { ask, type Invited, Refusal, type Session, session } from './api';
import { until_answered } from './asking';
import { Errors, Field, Notice, wrong_words } from './parts';
import { problem_words } from './seldom/seldom';
import { in_words, say } from './words';

/** The token behind #link=, until it is used. */
export const link = signal<string | undefined>(undefined);

/** Takes the link out of the address: it is nobody's who looks over a shoulder. */
export function take_link(): void {
  const found = /^#link=([\w-]+)$/.exec(location.hash);
  if (!found?.[1]) return;
  link.value = found[1];
  history.replaceState(null, '', location.pathname);
}

export function told(error: unknown): string {
  if (!(error instanceof Refusal)) return say('failed', { detail: String(error) });
  if (error.status === 0) return say(error.type === 'not-sent' ? 'not_sent' : 'no_connection');
  if (error.type === 'wrong-credentials') return say('wrong_credentials');
  if (error.type === 'too-many-tries') return say('too_many_tries', { seconds: error.retry });
  if (error.type === 'link-over') return say('link_over');
  const [first] = error.errors;
  if (first) return say('failed', { detail: wrong_words(first) });
  return in_words(error.detail) ?? problem_words(error.type, error.detail) ?? say('failed', { detail: error.detail });
}

const value = (form: HTMLFormElement, name: string): string => String(new FormData(form).get(name) ?? '');

interface FormProps { title: string; text?: string | undefined; button: string; path: string; body: (form: HTMLFormElement) => unknown; done?: () => void; children?: preact.ComponentChildren }

function Form({ title, text, button, path, body, done, children }: FormProps) {
  const [wrong, set_wrong] = useState<unknown>();
  const [busy, set_busy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const errors = wrong instanceof Refusal ? wrong.errors : [];
  useLayoutEffect(() => { (form.current?.querySelector<HTMLElement>('[aria-invalid="true"]') ?? form.current?.querySelector('input'))?.focus(); }, [wrong]);
  const send = async (event: Event) => {
    event.preventDefault();
    if (!form.current || busy) return;
    set_busy(true);
    try {
      session.value = await ask<Session>('POST', path, body(form.current));
      done?.();
    } catch (error) {
      set_wrong(error);
    } finally {
      set_busy(false);
    }
  };
  return <form class="card narrow" ref={form} onSubmit={(event) => void send(event)} noValidate>
    <h1>{title}</h1>
    {text && <p>{text}</p>}
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    <Errors.Provider value={errors}>{children}</Errors.Provider>
    <button class="main" aria-disabled={busy}>{button}</button>
  </form>;
}

export function SignIn({ again }: { again: boolean }) {
  return <Form title={say('sign_in')} text={again ? say('sign_in_again') : undefined} button={say('sign_in')} path="/v1/session"
    body={(form) => ({ id: value(form, 'id').trim().toLowerCase(), password: value(form, 'password') })}>
    <Field name="id" label={say('sign_in_name')} autocomplete="username" />
    <Field name="password" label={say('password')} type="password" autocomplete="current-password" />
  </Form>;
}

export function ByLink({ token }: { token: string }) {
  const [invited, set_invited] = useState<Invited>();
  const [wrong, set_wrong] = useState<unknown>();
  const used = () => { link.value = undefined; };
  useEffect(() => until_answered(() => ask<Invited>('POST', '/v1/invitations/look', { token }), (found) => { set_wrong(undefined); set_invited(found); }, set_wrong), [token]);
  if (wrong !== undefined) {
    return <div class="card narrow"><Notice bad>{told(wrong)}</Notice><button class="main" onClick={used}>{say('to_sign_in')}</button></div>;
  }
  if (!invited) return <p class="quiet">{say('loading')}</p>;
  if (invited.person) {
    return <Form title={say('link_title')} text={say('link_text', { person: invited.person })} button={say('sign_in')} path="/v1/session/link" body={() => ({ token })} done={used} />;
  }
  return <Form title={say('join_title')} text={say('join_text', { role: say(invited.role) })} button={say('join')} path="/v1/people" done={used}
    body={(form) => ({ token, id: value(form, 'id').trim().toLowerCase(), name: value(form, 'name').trim(), password: value(form, 'password') })}>
    <Field name="name" label={say('your_name')} autocomplete="name" />
    <Field name="id" label={say('sign_in_name')} autocomplete="username" />
    <Field name="password" label={say('password')} hint={say('password_hint')} type="password" autocomplete="new-password" />
  </Form>;
}
