// Small parts that every page of /manage is made of.
import { createContext, type ComponentChildren } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';

import type { Wrong } from './api';
import { until_answered } from './asking';
import { csv } from './format';
import { finding_words } from './seldom/seldom';
import { in_words, say } from './words';

/** What is wrong at a field, in the reader's language. */
export const wrong_words = ({ ours, code, detail }: Wrong): string => (ours ? detail : in_words(detail) ?? finding_words(code, detail));

/** What the server said is wrong, by field. */
export const Errors = createContext<Wrong[]>([]);

interface FieldProps { name: string; label: string; hint?: string; type?: 'text' | 'password'; autocomplete?: string; start?: string }

export function Field({ name, label, hint, type = 'text', autocomplete = 'off', start = '' }: FieldProps) {
  const wrong = useContext(Errors).find(({ pointer }) => pointer === `/${name}`);
  const about = `${name}-about`;
  const input = { name, autocomplete, defaultValue: start, autocapitalize: 'none', spellcheck: false, 'aria-invalid': wrong !== undefined, 'aria-describedby': wrong || hint ? about : undefined } as const;
  return <label class="field">
    <span>{label}</span>
    {type === 'password' ? <input type="password" {...input} /> : <input type="text" {...input} />}
    {(wrong || hint) && <span id={about} class={wrong ? 'wrong' : 'quiet'}>{wrong ? wrong_words(wrong) : hint}</span>}
  </label>;
}

export function Notice({ bad = false, children }: { bad?: boolean; children: ComponentChildren }) {
  return <p class={bad ? 'notice bad' : 'notice'} role={bad ? 'alert' : 'status'}>{children}</p>;
}

interface SelectProps { label: string; value: string; options: [string, string][]; choose: (value: string) => void; name?: string }

export function Select({ label, value, options, choose, name }: SelectProps) {
  return <label class="select"><span>{label}</span>
    <select name={name} value={value} onChange={(event) => choose(event.currentTarget.value)}>
      {options.map(([id, text]) => <option key={id} value={id} selected={id === value}>{text}</option>)}
    </select>
  </label>;
}

/** A file that was made here. */
export function Csv({ name, rows }: { name: string; rows: () => (string | number)[][] }) {
  const save = () => {
    const url = URL.createObjectURL(new Blob(['\ufeff', csv(rows())], { type: 'text/csv' }));
    const anchor = Object.assign(document.createElement('a'), { href: url, download: `${name}.csv` });
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };
  return <button class="plain" onClick={save}>{say('csv')}</button>;
}

/** What a call brought, again whenever `key` changes; while it comes, what was there before stays. What failed for now is asked again by itself. */
export function use_answer<Answer>(key: string, call: () => Promise<Answer>): { answer: Answer | undefined; wrong: unknown; again: () => void } {
  const [state, set_state] = useState<{ answer?: Answer; wrong?: unknown }>({});
  const [turn, set_turn] = useState(0);
  useEffect(() => until_answered(call, (answer) => set_state({ answer }), (wrong) => set_state((was) => ({ ...was, wrong }))), [key, turn]);
  return { answer: state.answer, wrong: state.wrong, again: () => set_turn((n) => n + 1) };
}

const kPatience = 300; // ms in which an answer needs no stand-in
const kTurn = 20; // ms
/** When the last one that was seen went: one that takes its place is seen at once. */
let went = -1;

/** Grey rows where a table will be, once it takes long enough to be noticed. */
export function Skeleton() {
  const [late, set_late] = useState(() => performance.now() - went < kTurn);
  useEffect(() => {
    const timer = setTimeout(() => set_late(true), kPatience);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => (late ? () => { went = performance.now(); } : undefined), [late]);
  if (!late) return null;
  return <div class="card skeleton" role="status"><span class="unseen">{say('loading')}</span>{Array.from({ length: 8 }, (_, i) => <span key={i} class="line" aria-hidden="true" />)}</div>;
}
