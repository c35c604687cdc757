// What every field of the form is made of: where it stands in the rule, what is wrong with it, and whether it may be changed.
import { type ComponentChildren, createContext } from 'preact';
import { useContext, useId, useState } from 'preact/hooks';

import { language } from '../../../../../sdk/js/shared/i18n';
import { decimal_text, minor_of, shown, typed } from '../../cash';
import { wording } from '../findings';
import type { Finding, Pack, Rule } from '../model';
import { get } from '../pointer';
import { say } from '../../words';

/** What is edited: a rule, or what else has places. */
export interface Edited { rule: { readonly value: object }; set: (pointer: string, value: unknown) => void }
export interface FormState { editing: Edited; pack: Pack; locked: boolean; found: Finding[] }
export const Form = createContext<FormState | undefined>(undefined);

export function use_form(): FormState & { rule: Rule; set: (pointer: string, value: unknown) => void } {
  const form = useContext(Form);
  if (!form) throw new Error('a field outside a form');
  return { ...form, rule: form.editing.rule.value as Rule, set: (pointer, value) => form.editing.set(pointer, value) };
}

/** A field by its place: `about` are the attributes of its control. */
export function use_field(pointer: string, hint?: ComponentChildren) {
  const { rule, set, locked, found } = use_form();
  const id = useId();
  const wrong = found.filter((one) => one.pointer === pointer);
  const told = wrong.length > 0 || hint !== undefined ? `${id}-about` : undefined;
  const bad = wrong.some(({ severity }) => severity === 'error');
  return {
    value: get(rule, pointer), set: (value: unknown) => set(pointer, value), locked, id,
    about: { id, 'data-at': pointer, 'aria-invalid': bad, 'aria-describedby': told, readOnly: locked },
    below: told && <span id={told} class="below">
      {wrong.map((one, i) => <span key={i} class={one.severity === 'error' ? 'wrong' : 'warned'}>{wording(one)}</span>)}
      {hint !== undefined && <span class="quiet">{hint}</span>}</span>,
  };
}

interface TextProps { at: string; label: string; hint?: string; optional?: boolean; wide?: boolean; lang?: string; dir?: 'ltr' | 'rtl' | 'auto'; count?: (value: string) => string; over?: (value: string) => boolean }

export function Text({ at, label, hint, optional = false, wide = false, lang, dir = 'auto', count, over }: TextProps) {
  const { value, set, about, below } = use_field(at, hint);
  const text = typeof value === 'string' ? value : '';
  return <div class={wide ? 'field wide-field' : 'field'}>
    <span class="label-row"><label for={about.id}>{label}</label>{count && <span class={over?.(text) ? 'counter wrong' : 'counter'} aria-live="off">{count(text)}</span>}</span>
    <input type="text" {...about} value={text} lang={lang} dir={dir} autocomplete="off" onInput={(event) => set(event.currentTarget.value === '' && optional ? undefined : event.currentTarget.value)} />
    {below}
  </div>;
}

interface NumberProps { at: string; label: string; hint?: string; unit?: string; placeholder?: string }

/** A whole number. What is none stays as it was typed, and is said. */
export function WholeNumber({ at, label, hint, unit, placeholder }: NumberProps) {
  const { value, set, about, below } = use_field(at, hint);
  const plain = (text: string) => [...text.trim()].map((sign) => { const n = '٠١٢٣٤٥٦٧٨٩'.indexOf(sign); return n < 0 ? sign : String(n); }).join('');
  return <div class="field short">
    <label for={about.id}>{label}</label>
    <span class="with-unit"><input type="text" inputMode="numeric" {...about} value={value === undefined ? '' : String(value)} placeholder={placeholder} autocomplete="off"
      onInput={(event) => { const text = plain(event.currentTarget.value); set(text === '' ? undefined : /^\d{1,10}$/.test(text) ? Number(text) : text); }} />{unit && <span class="unit">{unit}</span>}</span>
    {below}
  </div>;
}

/** Money as the reader writes it; the rule has decimal text. What is no amount stays as it was typed, and is said. */
export function Money({ at, label, hint, hide = false }: { at: string; label: string; hint?: string; hide?: boolean }) {
  const { value, set, about, below } = use_field(at, hint);
  const { pack } = use_form();
  const text = value === undefined ? '' : String(value);
  const minor = minor_of(text, pack.exponent);
  const write = (): string => (minor === undefined ? text : shown(minor, pack.exponent, language.value));
  // What stands in the field is the person's as long as they are in it.
  const [raw, set_raw] = useState<string>();
  const take = (now: string) => {
    set_raw(now);
    const amount = typed(now, pack.exponent, language.value);
    // A point where this language has none stays what was typed: it is never read as another amount.
    set(now.trim() === '' ? undefined : amount === undefined ? (minor_of(now, pack.exponent) === undefined ? now : `${now} `) : decimal_text(amount, pack.exponent));
  };
  return <div class="field short">
    <label for={about.id} class={hide ? 'unseen' : ''}>{label}</label>
    <span class="with-unit"><input type="text" inputMode="decimal" {...about} value={raw ?? write()} autocomplete="off" onFocus={() => set_raw(write())} onBlur={() => set_raw(undefined)} onInput={(event) => take(event.currentTarget.value)} />
      <span class="unit">{pack.currency}</span></span>
    {below}
  </div>;
}

interface ChoiceProps { at: string; label: string; hint?: string; options: [string, string][]; usual?: string; hide?: boolean }

export function Choice({ at, label, hint, options, usual = '', hide = false }: ChoiceProps) {
  const { value, set, about, below, locked } = use_field(at, hint);
  const { readOnly, ...rest } = about;
  void readOnly;
  const now = value === undefined ? usual : String(value);
  return <div class="field short">
    <label for={about.id} class={hide ? 'unseen' : ''}>{label}</label>
    <select {...rest} value={now} disabled={locked} onChange={(event) => set(event.currentTarget.value)}>
      {options.map(([id, text]) => <option key={id} value={id} selected={id === now}>{text}</option>)}
    </select>
    {below}
  </div>;
}

export function Switch({ at, label, hint, on, change }: { at: string; label: string; hint?: string; on: boolean; change: (on: boolean) => void }) {
  const { about, below, locked } = use_field(at, hint);
  const { readOnly, ...rest } = about;
  void readOnly;
  return <div class="field"><label class="check"><input type="checkbox" {...rest} checked={on} disabled={locked} onChange={(event) => change(event.currentTarget.checked)} />{label}</label>{below}</div>;
}

/** Several of a few, as ticks in one line. */
export function Ticks({ at, label, options, order = false }: { at: string; label: string; options: [string, string][]; order?: boolean }) {
  const { value, set, about, below, locked } = use_field(at);
  const chosen = (value ?? []) as string[];
  const change = (id: string, on: boolean) => {
    const next = on ? [...chosen, id] : chosen.filter((one) => one !== id);
    set(order ? options.map(([one]) => one).filter((one) => next.includes(one)) : next);
  };
  const unknown = chosen.filter((id) => !options.some(([one]) => one === id)).map((id) => [id, id] as [string, string]);
  return <fieldset class="ticks" aria-describedby={about['aria-describedby']}><legend class="unseen">{label}</legend>
    <span class="row">{[...options, ...unknown].map(([id, text], i) => <label key={id} class="check">
      <input type="checkbox" {...(i === 0 ? { 'data-at': at, 'aria-invalid': about['aria-invalid'] } : {})} checked={chosen.includes(id)} disabled={locked} onChange={(event) => change(id, event.currentTarget.checked)} />{text}</label>)}</span>
    {below}</fieldset>;
}

export function Remove({ what, act }: { what: string; act: () => void }) {
  const { locked } = use_form();
  if (locked) return null;
  return <button type="button" class="remove" aria-label={say('rules.remove', { what })} title={say('rules.remove', { what })} onClick={act}>×</button>;
}
