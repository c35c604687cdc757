// The question before drafts are published: why, when, and to which tills first.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';

import { count } from '../format';
import { Dialog } from '../dialog';
import type { Pack } from './model';
import { say } from './more/words';
import { kMostMinutes, mistakes, type Plan, type Reach, type Rollout, rollout_of, usual } from './rollout';

/** Of more tills only so many are drawn; the others are found by name. */
const kDrawn = 60;
const kFew = 12;

function Pilots({ reach, plan, set, wrong }: { reach: Reach; plan: Plan; set: (more: Partial<Plan>) => void; wrong: boolean }) {
  const [typed, set_typed] = useState('');
  const chosen = (name: string) => plan.pilots.includes(name);
  const found = reach.tills.filter(({ name, label }) => chosen(name) || `${label} ${name}`.toLowerCase().includes(typed.trim().toLowerCase()));
  const drawn = found.slice(0, Math.max(kDrawn, plan.pilots.length));
  const choose = (name: string, on: boolean) => set({ pilots: on ? [...plan.pilots, name] : plan.pilots.filter((one) => one !== name) });
  return <fieldset class="out-pilots"><legend>{say('rules.out_pilots')} <span class="quiet">{say('rules.out_chosen', { count: plan.pilots.length })}</span></legend>
    {reach.tills.length > kFew && <label class="field"><span>{say('rules.out_find')}</span><input type="search" autocomplete="off" value={typed} onInput={(event) => set_typed(event.currentTarget.value)} /></label>}
    <div class="out-tills">{drawn.map(({ name, label }, i) => <label key={name} class="check"><input type="checkbox" name="pilot" checked={chosen(name)} aria-invalid={wrong && i === 0} aria-describedby={wrong ? 'out-first' : undefined}
      onChange={(event) => choose(name, event.currentTarget.checked)} /><bdi>{label}</bdi></label>)}</div>
    {reach.tills.length === 0 && <p class="quiet">{say('no_tills')}</p>}
    {wrong && <span id="out-first" class="wrong">{say('rules.out_first_missing')}</span>}
  </fieldset>;
}

interface NumberProps { name: string; label: string; unit: string; value: string; wrong?: string | undefined; hint?: string; set: (text: string) => void }

function Whole({ name, label, unit, value, wrong, hint, set }: NumberProps) {
  const about = `out-${name}-about`;
  return <div class="field short"><label for={`out-${name}`}>{label}</label>
    <span class="with-unit"><input id={`out-${name}`} type="text" inputMode="numeric" autocomplete="off" value={value} aria-invalid={wrong !== undefined} aria-describedby={wrong ?? hint ? about : undefined} onInput={(event) => set(event.currentTarget.value)} /><span class="unit">{unit}</span></span>
    {(wrong ?? hint) && <span id={about} class={wrong ? 'wrong' : 'quiet'}>{wrong ?? hint}</span>}</div>;
}

function Waves({ reach, plan, set, tried }: { reach: Reach; plan: Plan; set: (more: Partial<Plan>) => void; tried: boolean }) {
  const wrong = tried ? mistakes(plan) : [];
  return <div class="out-waves">
    <p class="quiet">{say('rules.out_waves_hint')}</p>
    <Pilots reach={reach} plan={plan} set={set} wrong={wrong.includes('pilots')} />
    <Whole name="percent" label={say('rules.out_share')} unit="%" value={plan.percent} hint={say('rules.out_share_hint')} wrong={wrong.includes('percent') ? say('rules.out_between', { most: count(99) }) : undefined} set={(percent) => set({ percent })} />
    <p><strong>{say('rules.out_then')}</strong></p>
    <fieldset><legend>{say('rules.out_next')}</legend>
      {[false, true].map((command) => <label key={String(command)} class="check"><input type="radio" name="advance" checked={plan.command === command} onChange={() => set({ command })} />{say(command ? 'rules.out_by_command' : 'rules.out_by_report')}</label>)}</fieldset>
    <Whole name="minutes" label={say('rules.out_wait')} unit={say('rules.out_minutes')} value={plan.minutes} wrong={wrong.includes('minutes') ? say('rules.out_between', { most: count(kMostMinutes) }) : undefined} set={(minutes) => set({ minutes })} />
  </div>;
}

interface Props { pack: Pack; reach: Reach; title: string; button: string; wide?: boolean; close: () => void; act: (why: string, rollout: Rollout | undefined) => Promise<unknown> | unknown; children?: ComponentChildren }

/** `children` stand above: what changes, or the time to come. */
export function Publish({ pack, reach, title, button, wide = false, close, act, children }: Props) {
  const [plan, set_plan] = useState<Plan>(() => usual(reach));
  const [tried, set_tried] = useState(false);
  const set = (more: Partial<Plan>) => set_plan((was) => ({ ...was, ...more }));
  const ready = () => { set_tried(true); return mistakes(plan).length === 0; };
  return <Dialog title={title} button={button} wide={wide} why close={close} ready={ready} act={(why) => act(why, rollout_of(plan))}>
    {children}
    {reach.on_its_way !== undefined && <p class="notice mind">{say('rules.out_ends', { version: count(reach.on_its_way) })}</p>}
    <fieldset class="out"><legend>{say('rules.out_title')}</legend>
      {[false, true].map((waves) => <label key={String(waves)} class="check"><input type="radio" name="waves" checked={plan.waves === waves} onChange={() => set({ waves })} />{say(waves ? 'rules.out_waves' : 'rules.out_once')}</label>)}
      {plan.waves ? <Waves reach={reach} plan={plan} set={set} tried={tried} /> : <p class="quiet">{say('rules.publish_text', { count: pack.stores.length })}</p>}
    </fieldset>
  </Dialog>;
}
