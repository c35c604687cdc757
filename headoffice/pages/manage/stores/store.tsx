// One store: its name, its clock, its language and country, and the groups it is in.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { Choice, Text, use_field } from '../rules/form/field';
import { use_desk } from './context';
import { groups_of, type Store } from './model';
import { country_name, language_name } from './names';
import { say } from './words';
import { Zone } from './zone';

function Groups({ at }: { at: string }) {
  const { editing } = use_desk();
  const { value, set, about, below, locked, id } = use_field(at, use_desk().locked ? undefined : say('stores_add_group_hint'));
  const [text, set_text] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const groups = (value ?? []) as string[];
  const change = (all: string[]) => set(all.length > 0 ? all : undefined);
  const take = () => {
    const name = text.trim().replace(/,$/, '');
    if (name && !groups.includes(name)) change([...groups, name]);
    set_text('');
  };
  const others = groups_of(editing.frame.value).map(([name]) => name).filter((name) => !groups.includes(name));
  return <div class="field">
    <label for={about.id}>{say('stores_in_groups')}</label>
    <ul class="chips">{groups.map((name) => <li key={name} class="chip group"><bdi>{name}</bdi>
      {!locked && <button type="button" class="remove" aria-label={say('stores_take_group', { group: name })} onClick={() => { change(groups.filter((one) => one !== name)); input.current?.focus(); }}>×</button>}</li>)}</ul>
    {!locked && <><input ref={input} type="text" list={`${id}-groups`} {...about} placeholder={say('stores_add_group')} value={text} autocomplete="off" onInput={(event) => set_text(event.currentTarget.value)} onBlur={take}
      onKeyDown={(event) => { if (event.key === 'Enter' || event.key === ',') { event.preventDefault(); take(); } }} />
    <datalist id={`${id}-groups`}>{others.map((name) => <option key={name} value={name} />)}</datalist></>}
    {below}
  </div>;
}

function Country({ at }: { at: string }) {
  const { value, set, about, below } = use_field(at, say('stores_country_hint'));
  const text = typeof value === 'string' ? value : '';
  return <div class="field short"><label for={about.id}>{say('stores_country')}</label>
    <span class="with-unit"><input type="text" dir="ltr" {...about} value={text} autocomplete="off" maxLength={2} onInput={(event) => set(event.currentTarget.value.toUpperCase() || undefined)} /><span class="unit">{country_name(text)}</span></span>
    {text === '' && <span class="below quiet">{say('stores_country_none')}</span>}
    {below}
  </div>;
}

/** `fresh`: it was never published, and its short name may still be chosen. */
export function StoreForm({ index, fresh, back, remove, now }: { index: number; fresh: boolean; back: () => void; remove: () => void; now: Date }) {
  const { editing, pack, locked } = use_desk();
  const store = editing.frame.value.stores[index] as Store;
  const at = `/stores/${index}`;
  const form = useRef<HTMLElement>(null);
  useLayoutEffect(() => { if (!form.current?.contains(document.activeElement)) form.current?.querySelector<HTMLElement>('input')?.focus(); }, []);
  const usual = pack.languages[0] ?? 'en';
  const terminals = Object.entries(store.terminals ?? {}).map(([group, ids]) => `${group}: ${ids.join(', ')}`);
  return <section ref={form} class="card part" aria-labelledby="store-title">
    <p class="back"><a href="#stores" onClick={(event) => { event.preventDefault(); event.stopPropagation(); back(); }}>{say('stores_all')}</a></p>
    <h2 id="store-title" dir="auto">{store.name || say('stores_new')}</h2>
    <div class="grid">
      <Text at={`${at}/name`} label={say('name')} />
      {fresh ? <Text at={`${at}/id`} label={say('stores_id')} hint={say('stores_id_hint')} dir="ltr" /> : <div class="field"><span>{say('stores_id')}</span><code dir="ltr" class="fixed">{store.id}</code><span class="below quiet">{say('stores_id_fixed')}</span></div>}
      <Zone at={`${at}/time_zone`} now={now} />
      <Choice at={`${at}/language`} label={say('stores_language')} options={[['', say('stores_language_usual', { language: language_name(usual) })], ...pack.languages.map((tag): [string, string] => [tag, language_name(tag)])]} />
      <Country at={`${at}/country`} />
      <Groups at={`${at}/groups`} />
    </div>
    {terminals.length > 0 && <p><strong>{say('stores_terminals')}:</strong> {say('stores_terminals_stay', { what: `\u2068${terminals.join('; ')}\u2069` })}</p>}
    {!locked && <p class="row"><button type="button" class="plain" onClick={remove}>{say('stores_remove')}</button></p>}
  </section>;
}
