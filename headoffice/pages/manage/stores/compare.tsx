// Two versions side by side: what a draft changes, and what two people made of the same.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { moment } from '../format';
import { Notice } from '../parts';
import { same } from '../rules/pointer';
import { use_desk } from './context';
import type { Clash } from './editing';
import type { Frame } from './model';
import { label_of, value_of } from './names';
import { differences, get, type Place, put } from './places';
import { say } from './words';

export function Differences({ from, to }: { from: Frame; to: Frame }) {
  const { pack } = use_desk();
  const all = differences(from, to);
  if (all.length === 0) return <p class="quiet">{say('rules.no_difference')}</p>;
  return <div class="wide" tabIndex={0} role="region" aria-label={say('stores_difference')}><table class="compare">
    <thead><tr><th scope="col">{say('rules.field')}</th><th scope="col">{say('rules.published')}</th><th scope="col">{say('rules.draft')}</th></tr></thead>
    <tbody>{all.map(({ at, a, b }) => <tr key={at.join('/')}><th scope="row">{label_of(at, to, from)}</th><td class="was"><bdi>{value_of(at, a, pack)}</bdi></td><td class="is"><bdi>{value_of(at, b, pack)}</bdi></td></tr>)}</tbody>
  </table></div>;
}

type Side = 'yours' | 'theirs';
/** Who changed a place alone, has it; undefined: both did. */
function first_choice(base: Frame, yours: Frame, theirs: Frame, at: Place): Side | undefined {
  if (same(get(base, at), get(theirs, at))) return 'yours';
  return same(get(base, at), get(yours, at)) ? 'theirs' : undefined;
}

export function Conflict({ clash }: { clash: Clash }) {
  const { editing, pack } = use_desk();
  const [chosen, choose] = useState<Record<string, Side>>({});
  const [busy, set_busy] = useState(false);
  const box = useRef<HTMLElement>(null);
  useLayoutEffect(() => box.current?.focus(), []);
  const yours = editing.frame.value;
  const { theirs, base, by, at: when } = clash;
  const all = differences(yours, theirs).map((one) => ({ ...one, key: one.at.join('/') }));
  const side = (key: string, at: Place): Side | undefined => chosen[key] ?? first_choice(base, yours, theirs, at);
  const open = all.filter(({ key, at }) => side(key, at) === undefined);
  const settle = async () => {
    if (busy || open.length > 0) return;
    set_busy(true);
    await editing.settle(all.reduce((frame, { key, at, a }) => (side(key, at) === 'yours' ? put(frame, at, a) : frame), theirs));
    set_busy(false);
  };
  return <section ref={box} tabIndex={-1} class="card conflict" aria-labelledby="stores-clash">
    <Notice bad>{say('stores_clash_by', { who: by || say('stores_clash_somebody'), when: when ? moment(when) : '' })}</Notice>
    <h2 id="stores-clash">{say('stores_clash_title')}</h2>
    <p>{say('rules.conflict_text')}</p>
    <div class="wide" tabIndex={0} role="region" aria-label={say('stores_clash_title')}><table class="compare three">
      <thead><tr><th scope="col">{say('rules.field')}</th><th scope="col">{say('before')}</th><th scope="col">{say('rules.yours')}</th><th scope="col">{say('rules.theirs')}</th></tr></thead>
      <tbody>{all.map(({ key, at, a, b }) => {
        const now = side(key, at);
        const label = label_of(at, yours, theirs);
        const pick = (which: Side, value: unknown) => <td class={now === which ? 'picked' : ''}><label class="check"><input type="radio" name={key} checked={now === which} onChange={() => choose({ ...chosen, [key]: which })}
          aria-label={`${label}: ${say(`rules.${which}`)}`} /><bdi>{value_of(at, value, pack)}</bdi></label></td>;
        return <tr key={key}><th scope="row">{label}{!now && <span class="note wrong">{say('rules.choose_one')}</span>}</th><td><bdi>{value_of(at, get(base, at), pack)}</bdi></td>{pick('yours', a)}{pick('theirs', b)}</tr>;
      })}</tbody>
    </table></div>
    <div class="row"><button type="button" class="main" aria-disabled={busy || open.length > 0} onClick={() => void settle()}>{say('stores_clash_keep')}</button>
      {open.length > 0 && <span class="quiet">{say('rules.still_open', { count: open.length })}</span>}</div>
  </section>;
}
