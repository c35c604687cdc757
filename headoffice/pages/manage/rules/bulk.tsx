// Several rules at once, and ten seconds to take it back.
import type { ComponentChildren } from 'preact';
import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

import { session } from '../api';
import { fetched } from '../code';
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

/** `send`: what goes out when the time to take it back is over, or the page is; `back`: what takes it back. */
export interface Done { text: () => string; send?: (last: boolean) => void; back?: () => Promise<unknown> }

type More = typeof import('./more/more');
interface Question { ids: string[]; reach: Reach; Ask: More['Publish'] }
interface Changing { rows: RuleRow[]; Ask: More['Several'] }

/** One after the other; what failed is thrown once the rest is done. */
async function each(ids: string[], act: (id: string) => Promise<unknown>): Promise<void> {
  let wrong: unknown;
  for (const id of ids) await act(id).catch((error: unknown) => { wrong ??= error; });
  if (wrong !== undefined) throw wrong;
}

export function Bulk({ pack, rows, selected, again }: { pack: Pack; rows: RuleRow[]; selected: Signal<ReadonlySet<string>>; again: () => void }) {
  const done = useSignal<(Done & { timer: ReturnType<typeof setTimeout> }) | undefined>(undefined);
  const wrong = useSignal<unknown>(undefined);
  const left = useSignal<ComponentChildren>(undefined);
  const bar = useRef<HTMLDivElement>(null);
  const chosen = rows.filter(({ id }) => selected.value.has(id));
  const person = session.value?.person;
  const own = person?.role === 'store-manager' ? person.stores : undefined;
  const guard = (work: Promise<unknown>) => void work.catch((error: unknown) => { wrong.value = error; }).then(again);
  const question = useSignal<Question | undefined>(undefined);
  const changing = useSignal<Changing | undefined>(undefined);
  const reason = (act: Act) => say(`rules.why_${act}` as Word);

  const begin = (what: Done) => {
    finish();
    done.value = { ...what, timer: setTimeout(finish, kUndo) };
    selected.value = new Set();
    setTimeout(() => bar.current?.querySelector('button')?.focus());
  };
  const take_back = (act: Act, id: string) => {
    const back = opposite[act];
    if (back) return take_step(pack.id, id, back, say('rules.why_undo'), own);
    return row_of(pack.id, id).then(({ answer, etag }) => answer.draft && discard_draft(pack.id, id, answer.draft.etag || etag));
  };
  const text = (act: Act, ids: string[]) => () => say(`rules.done_${act}` as Word, { count: ids.length });
  /** What is asked first is fetched first. */
  const more = async (open: (all: More) => Promise<void> | void) => {
    try {
      await open(await fetched(() => import('./more/more')));
    } catch (error) {
      wrong.value = error;
    }
  };
  const act = (what: Act) => {
    const ids = chosen.filter(fits[what]).map(({ id }) => id);
    wrong.value = left.value = undefined;
    if (what === 'publish') return more(async ({ Publish }) => { question.value = { ids, reach: await reach_of(pack), Ask: Publish }; });
    begin({ text: text(what, ids), back: () => each(ids, (id) => take_back(what, id)) });
    return guard(each(ids, (id) => take_step(pack.id, id, what, reason(what), own)));
  };
  const change = (of: RuleRow[]) => {
    wrong.value = left.value = undefined;
    return more(({ Several }) => { changing.value = { rows: of, Ask: Several }; });
  };
  const [only] = chosen;
  const copied = chosen.length === 1 && only?.may_edit ? newest(only) ?? only.published : null;
  const copy = () => guard(fetched(() => import('./editor')).then(({ duplicate }) => copied && duplicate(pack, copied)));
  const over = () => {
    const was = done.peek();
    clearTimeout(was?.timer);
    done.value = undefined;
    return was;
  };
  const finish = () => over()?.send?.(false);
  const undo = () => {
    const was = over();
    if (was?.back) guard(was.back());
  };
  // Whoever leaves within the ten seconds has said so: it is published, also when the page is closed.
  useEffect(() => {
    const leave = () => over()?.send?.(true);
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      finish();
    };
  }, []);
  const acts = (['pause', 'resume', 'archive', 'publish'] as const).filter((one) => may(one, person?.role, pack.approval));
  const editable = may('edit', person?.role) ? chosen.filter((row) => row.may_edit && (row.draft ?? row.published)) : [];
  const [asked, several] = [question.value, changing.value];
  return <><div ref={bar} aria-live="polite">
    {wrong.value !== undefined && <Notice bad>{told(wrong.value)}</Notice>}
    {chosen.length > 0 && <div class="bulk row" role="group" aria-label={say('rules.selected', { count: chosen.length })}>
      <strong>{say('rules.selected', { count: chosen.length })}</strong>
      {acts.map((one) => {
        const n = chosen.filter(fits[one]).length;
        return <button key={one} class="plain" aria-disabled={n === 0} onClick={() => { if (n > 0) void act(one); }}>{say(`rules.${one}` as Word)}{n > 0 && n < chosen.length ? ` (${n})` : ''}</button>;
      })}
      {editable.length > 0 && <button class="plain" onClick={() => void change(chosen)}>{say('rules.change')}</button>}
      {copied && <button class="plain" onClick={copy}>{say('rules.duplicate')}</button>}
      <button class="plain" onClick={() => { selected.value = new Set(); }}>{say('rules.select_none')}</button>
    </div>}
    {done.value && <div class="notice row" role="status"><span>{done.value.text()}</span>
      {(done.value.send ?? done.value.back) && <button class="plain" onClick={undo}>{say('rules.undo')}</button>}</div>}
    {left.value}
  </div>
    {asked && <asked.Ask pack={pack} reach={asked.reach} title={say('rules.publish')} button={say('rules.publish')} close={() => { question.value = undefined; }}
      // What is published cannot be called back from the tills: it waits until nobody takes it back.
      act={(why, rollout) => begin({ text: text('publish', asked.ids), send: (last) => guard(publish(pack.id, asked.ids, why, rollout, undefined, last)) })} />}
    {several && <several.Ask pack={pack} rows={several.rows} begin={begin} leave={(what) => { left.value = what; }} again={again} close={() => { changing.value = undefined; }} />}
  </>;
}
