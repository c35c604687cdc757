// Several rules at once, and ten seconds to take it back.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { session } from '../api';
import { Notice } from '../parts';
import { told } from '../sign_in';
import { say, type Word } from '../words';
import { discard_draft, newest, type Pack, publish, row_of, type RuleRow, type Step, take_step } from './model';
import { may } from './rights';
import { type Reach, reach_of } from './rollout';

export const kUndo = 10_000; // ms

type Act = 'pause' | 'resume' | 'archive' | 'publish';

/** What each can be done to. */
const fits: Record<Act, (row: RuleRow) => boolean> = {
  pause: ({ state }) => state === 'running' || state === 'scheduled',
  resume: ({ state, paused_in }) => state === 'paused' || paused_in.length > 0,
  archive: ({ published, draft }) => published !== null && draft === null,
  publish: ({ draft }) => draft?.state === 'approved',
};
const opposite: Partial<Record<Act, Step>> = { pause: 'resume', resume: 'pause' };

/** `send`: what goes out when the time to take it back is over. */
interface Done { act: Act; ids: string[]; timer: ReturnType<typeof setTimeout>; send: (() => void) | undefined }

interface Question { ids: string[]; reach: Reach; Ask: typeof import('./more/more').Publish }

/** One after the other; what failed is thrown once the rest is done. */
async function each(ids: string[], act: (id: string) => Promise<unknown>): Promise<void> {
  let wrong: unknown;
  for (const id of ids) await act(id).catch((error: unknown) => { wrong ??= error; });
  if (wrong !== undefined) throw wrong;
}

export function Bulk({ pack, rows, selected, again }: { pack: Pack; rows: RuleRow[]; selected: Signal<ReadonlySet<string>>; again: () => void }) {
  const done = useSignal<Done | undefined>(undefined);
  const wrong = useSignal<unknown>(undefined);
  const bar = useRef<HTMLDivElement>(null);
  const chosen = rows.filter(({ id }) => selected.value.has(id));
  const person = session.value?.person;
  const own = person?.role === 'store-manager' ? person.stores : undefined;
  const guard = (work: Promise<unknown>) => void work.catch((error: unknown) => { wrong.value = error; }).then(again);
  const question = useSignal<Question | undefined>(undefined);
  const reason = (act: Act) => say(`rules.why_${act}` as Word);

  const begin = (act: Act, ids: string[], send?: () => void) => {
    finish();
    const timer = setTimeout(() => { send?.(); done.value = undefined; }, kUndo);
    done.value = { act, ids, timer, send };
    selected.value = new Set();
    setTimeout(() => bar.current?.querySelector('button')?.focus());
  };
  const act = async (what: Act) => {
    const ids = chosen.filter(fits[what]).map(({ id }) => id);
    wrong.value = undefined;
    if (what !== 'publish') {
      begin(what, ids);
      return guard(each(ids, (id) => take_step(pack.id, id, what, reason(what), own)));
    }
    try {
      const [{ Publish }, reach] = await Promise.all([import('./more/more'), reach_of(pack)]);
      question.value = { ids, reach, Ask: Publish };
    } catch (error) {
      wrong.value = error;
    }
  };
  const [only] = chosen;
  const copied = chosen.length === 1 && only?.may_edit ? newest(only) ?? only.published : null;
  const copy = () => guard(import('./editor').then(({ duplicate }) => copied && duplicate(pack, copied)));
  const finish = () => {
    const last = done.peek();
    if (!last) return;
    clearTimeout(last.timer);
    last.send?.();
    done.value = undefined;
  };
  const undo = () => {
    const last = done.peek();
    if (!last) return;
    clearTimeout(last.timer);
    done.value = undefined;
    if (last.send) return;
    const back = opposite[last.act];
    guard(each(last.ids, async (id) => {
      if (back) return take_step(pack.id, id, back, say('rules.why_undo'), own);
      const { answer, etag } = await row_of(pack.id, id);
      return answer.draft ? discard_draft(pack.id, id, answer.draft.etag || etag) : undefined;
    }));
  };
  // Whoever leaves within the ten seconds has said so: it is published.
  useEffect(() => finish, []);
  const acts = (['pause', 'resume', 'archive', 'publish'] as const).filter((one) => may(one, person?.role));
  const asked = question.value;
  return <><div ref={bar} aria-live="polite">
    {wrong.value !== undefined && <Notice bad>{told(wrong.value)}</Notice>}
    {chosen.length > 0 && <div class="bulk row" role="group" aria-label={say('rules.selected', { count: chosen.length })}>
      <strong>{say('rules.selected', { count: chosen.length })}</strong>
      {acts.map((one) => {
        const n = chosen.filter(fits[one]).length;
        return <button key={one} class="plain" aria-disabled={n === 0} onClick={() => { if (n > 0) void act(one); }}>{say(`rules.${one}` as Word)}{n > 0 && n < chosen.length ? ` (${n})` : ''}</button>;
      })}
      {copied && <button class="plain" onClick={copy}>{say('rules.duplicate')}</button>}
      <button class="plain" onClick={() => { selected.value = new Set(); }}>{say('rules.select_none')}</button>
    </div>}
    {done.value && <div class="notice row" role="status"><span>{say(`rules.done_${done.value.act}` as Word, { count: done.value.ids.length })}</span>
      <button class="plain" onClick={undo}>{say('rules.undo')}</button></div>}
  </div>
    {asked && <asked.Ask pack={pack} reach={asked.reach} title={say('rules.publish')} button={say('rules.publish')} close={() => { question.value = undefined; }}
      // What is published cannot be called back from the tills: it waits until nobody takes it back.
      act={(why, rollout) => begin('publish', asked.ids, () => guard(publish(pack.id, asked.ids, why, rollout)))} />}
  </>;
}
