// One replay: begun, how far it is, stopped when somebody says so or leaves the page, and what came of it.
import { useEffect, useRef, useState } from 'preact/hooks';

import { language } from '../../../../../sdk/js/shared/i18n';
import { day } from '../../../../../sdk/js/shared/money';
import { ask, ask_tagged, Refusal } from '../../api';
import { count } from '../../format';
import { Notice } from '../../parts';
import { told } from '../../sign_in';
import type { Pack, Rule } from '../model';
import { store } from '../names';
import { same } from '../pointer';
import { list } from '../sentence';
import { Outcome, type Result } from './outcome';
import { say } from './words';

const kPoll = 300; // ms between looks
interface State { id: string; state: 'waiting' | 'running' | 'done' | 'stopped' | 'failed'; done: number; of: number; stores: string[]; from: string; to: string; days_aside?: boolean; trouble?: string; result?: Result }

export interface Over { stores: string[]; from: string; to: string }
/** Another one is another replay. */
export interface Order { rule: Rule; over: Over }

const is_open = (run: State | undefined): boolean => run?.state === 'waiting' || run?.state === 'running';
const told_of = (wrong: unknown): string =>
  (wrong instanceof Refusal && wrong.status === 422 ? say(wrong.errors.some(({ pointer }) => pointer === '/from' || pointer === '/to') ? 'rules.replay_span' : 'rules.replay_mend') : told(wrong));

interface Props { order: Order; pack: Pack; /** The rule as it is typed now; undefined: nobody can. */ now: Rule | undefined; ended: (stopped: boolean) => void }

export function Run({ order, pack, now, ended }: Props) {
  const [run, set_run] = useState<State>();
  const [wrong, set_wrong] = useState<unknown>();
  const [late, set_late] = useState(false);
  const stop = useRef(() => {});
  useEffect(() => {
    let over = false;
    let id: string | undefined; // while head office is at it
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = setTimeout(() => set_late(true), kPoll);
    const at = (one: string) => `/v1/replays/${encodeURIComponent(one)}`;
    const heard = (found: State) => {
      id = is_open(found) ? found.id : undefined;
      if (over) return stop.current();
      set_run(found);
      if (id === undefined) ended(found.state === 'stopped');
      else timer = setTimeout(() => void ask<State>('GET', at(found.id)).then(heard, failed), kPoll);
    };
    const failed = (error: unknown) => {
      id = undefined;
      if (over) return;
      set_wrong(error);
      set_run(undefined);
      ended(false);
    };
    // The page may be going away: it must not go on for nobody.
    stop.current = () => { if (id !== undefined) void ask_tagged('DELETE', at(id), undefined, {}, undefined, true).catch(() => undefined); };
    const leave = () => stop.current();
    addEventListener('pagehide', leave);
    set_wrong(undefined);
    set_run(undefined);
    set_late(false);
    const { rule, over: { stores, from, to } } = order;
    ask<State>('POST', `/v1/packs/${encodeURIComponent(pack.id)}/replay`, { rule, ...(stores.length > 0 ? { stores } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}) }).then(heard, failed);
    return () => {
      over = true;
      clearTimeout(timer);
      clearTimeout(patience);
      removeEventListener('pagehide', leave);
      leave();
    };
  }, [order]);
  const runs = is_open(run);
  return <>
    {wrong !== undefined && <Notice bad>{told_of(wrong)}</Notice>}
    {runs && run && late && <p class="row" role="status"><label>{say('rules.replay_runs')} <progress max={Math.max(1, run.of)} value={run.done} /></label>
      <button type="button" class="plain" onClick={() => stop.current()}>{say('rules.replay_stop')}</button></p>}
    {run && !runs && <p class="quiet">{say('rules.replay_days', { from: day(run.from, language.value), to: day(run.to, language.value) })} · {list(run.stores.map((id) => store(pack, id)))}</p>}
    {run?.days_aside && !runs && <p class="quiet">{say('rules.replay_days_aside')}</p>}
    {run?.state === 'stopped' && <Notice>{say('rules.replay_stopped', { done: count(run.done), of: count(run.of) })}</Notice>}
    {run?.state === 'failed' && <Notice bad>{say('failed', { detail: run.trouble ?? '' })}</Notice>}
    {run?.result && now && !same(order.rule, now) && <p class="warned">{say('rules.replay_stale')}</p>}
    {run?.result && <Outcome result={run.result} rule={order.rule} pack={pack} />}
  </>;
}
