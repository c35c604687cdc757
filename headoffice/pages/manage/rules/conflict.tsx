// Somebody else was faster: yours, theirs, and what comes out. Nothing is written before every place that both changed is chosen.
import { useState } from 'preact/hooks';

import { moment } from '../format';
import { Notice } from '../parts';
import { say } from '../words';
import { differences, Value } from './compare';
import type { Conflict as Clash, Editing } from './editing';
import type { Pack, Rule } from './model';
import { get, put, same } from './pointer';

type Side = 'yours' | 'theirs';

/** Who changed a place alone, has it. */
function first_choice(base: Rule, yours: Rule, theirs: Rule, at: string): Side | undefined {
  if (same(get(base, at), get(theirs, at))) return 'yours';
  return same(get(base, at), get(yours, at)) ? 'theirs' : undefined;
}

export function Conflict({ editing, clash, pack, done }: { editing: Editing; clash: Clash; pack: Pack; done: () => void }) {
  const yours = editing.rule.value;
  const theirs = clash.theirs;
  const [chosen, choose] = useState<Record<string, Side>>({});
  const [busy, set_busy] = useState(false);
  const head = <Notice bad>{say('rules.conflict', { who: clash.by || say('rules.somebody'), when: clash.at ? moment(clash.at) : '' })}</Notice>;
  const settle = async (rule: Rule) => {
    set_busy(true);
    if (await editing.settle(rule)) done();
    set_busy(false);
  };
  if (!theirs) {
    return <section class="card conflict">{head}<p>{say('rules.conflict_gone')}</p><button class="main" aria-disabled={busy} onClick={() => void settle(yours)}>{say('rules.keep_mine')}</button></section>;
  }
  const all = differences(yours, theirs);
  const side = (at: string): Side | undefined => chosen[at] ?? first_choice(clash.base, yours, theirs, at);
  const open = all.filter(({ at }) => side(at) === undefined);
  const result = all.reduce((rule, { at, a }) => (side(at) === 'yours' ? put(rule, at, a) : rule), theirs);
  return <section class="card conflict" aria-labelledby="conflict">
    {head}
    <h2 id="conflict">{say('rules.conflict_title')}</h2>
    <p>{say('rules.conflict_text')}</p>
    <div class="wide" tabIndex={0} role="region" aria-label={say('rules.conflict_title')}><table class="compare three">
      <thead><tr><th scope="col">{say('rules.field')}</th><th scope="col">{say('rules.yours')}</th><th scope="col">{say('rules.theirs')}</th><th scope="col">{say('rules.result')}</th></tr></thead>
      <tbody>{all.map(({ at, label, a, b }) => {
        const now = side(at);
        const pick = (which: Side, value: unknown) => <td class={now === which ? 'picked' : ''}><label class="check"><input type="radio" name={at} checked={now === which} onChange={() => choose({ ...chosen, [at]: which })} aria-label={`${label}: ${say(`rules.${which}`)}`} /><span><Value at={at} value={value} pack={pack} /></span></label></td>;
        return <tr key={at}><th scope="row">{label}</th>{pick('yours', a)}{pick('theirs', b)}
          <td>{now ? <Value at={at} value={now === 'yours' ? a : b} pack={pack} /> : <strong class="wrong">{say('rules.choose_one')}</strong>}</td></tr>;
      })}</tbody>
    </table></div>
    <div class="row"><button class="main" aria-disabled={busy || open.length > 0} onClick={() => { if (!busy && open.length === 0) void settle(result); }}>{say('rules.keep_result')}</button>
      {open.length > 0 && <span class="quiet">{say('rules.still_open', { count: open.length })}</span>}</div>
  </section>;
}
