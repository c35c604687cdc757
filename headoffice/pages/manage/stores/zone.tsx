// A time zone: what is typed, with the zones that fit it and what the clock there shows (ARIA Authoring Practices, "Editable Combobox With
// List Autocomplete").
import { useEffect, useRef, useState } from 'preact/hooks';

import { use_field } from '../rules/form/field';
import { use_desk } from './context';
import { clock_in } from './names';
import { say } from './words';

const kShown = 8;
let zones: string[] | undefined;
const all_zones = (): string[] => (zones ??= Intl.supportedValuesOf('timeZone'));

const plain = (text: string): string => text.toLowerCase().replaceAll('_', ' ').trim();
function fitting(text: string): string[] {
  const wanted = plain(text);
  const all = all_zones().filter((zone) => plain(zone).includes(wanted));
  // A city that begins so comes first.
  return all.sort((a, b) => Number(plain(b.split('/').at(-1) ?? '').startsWith(wanted)) - Number(plain(a.split('/').at(-1) ?? '').startsWith(wanted))).slice(0, kShown);
}

export function Zone({ at, now }: { at: string; now: Date }) {
  const { value, set, about, below, locked, id } = use_field(at, use_desk().locked ? undefined : say('stores_zone_hint'));
  const [open, set_open] = useState(false);
  const [active, set_active] = useState(-1);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => list.current?.children[active]?.scrollIntoView({ block: 'nearest' }), [active]);
  const text = typeof value === 'string' ? value : '';
  const known = all_zones().includes(text);
  const found = open ? fitting(known ? '' : text) : [];
  const shown = known && open ? [text, ...found.filter((one) => one !== text)].slice(0, kShown) : found;
  const time = clock_in(text, now);
  const close = () => { set_open(false); set_active(-1); };
  const take = (zone: string) => { set(zone); close(); };
  const on_key = (event: KeyboardEvent) => {
    const most = shown.length - 1;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) set_open(true);
      else set_active(event.key === 'ArrowDown' ? (active >= most ? 0 : active + 1) : (active <= 0 ? most : active - 1));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const chosen = shown[active] ?? (shown.length === 1 ? shown[0] : undefined);
      if (open && chosen) take(chosen);
    } else if (event.key === 'Escape' && open) {
      event.preventDefault();
      close();
    }
  };
  return <div class="field">
    <label for={about.id}>{say('stores_zone')}</label>
    <div class="combobox">
      <input type="text" role="combobox" dir="ltr" {...about} aria-autocomplete="list" aria-expanded={shown.length > 0} aria-controls={`${id}-list`} aria-activedescendant={shown[active] ? `${id}-${active}` : undefined}
        value={text} autocomplete="off" spellcheck={false} onInput={(event) => { set(event.currentTarget.value); set_open(true); set_active(-1); }} onKeyDown={on_key} onBlur={close} onClick={() => { if (!locked) set_open(true); }} />
      <ul ref={list} id={`${id}-list`} role="listbox" aria-label={say('stores_zone')} hidden={shown.length === 0}>
        {shown.map((zone, i) => <li key={zone} id={`${id}-${i}`} role="option" aria-selected={i === active} onMouseDown={(event) => event.preventDefault()} onClick={() => take(zone)}>
          <span class="what" dir="ltr">{zone.replaceAll('_', ' ')}</span><span class="note">{clock_in(zone, now)}</span></li>)}
      </ul>
      <span class="unseen" role="status">{open ? say('rules.choices', { count: shown.length }) : ''}</span>
    </div>
    {time && <span class="quiet clock">{say('stores_clock', { time })}</span>}
    {below}
  </div>;
}
