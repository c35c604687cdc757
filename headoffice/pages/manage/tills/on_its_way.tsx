// A publication that goes out in waves: who has it, who refused it, whose turn is later; halting it and going on.
import { ask } from '../api';
import { count, share } from '../format';
import { say } from './words';
import { AskWhy, asked } from './ask_why';
import { Badge } from './badge';
import { type Fleet, may, type Rollout, type Wave } from './fleet';

const many = 24;  // tills of a wave that are named one by one

/** What head office wrote of a rollout, in the reader's words; what a person wrote stays. */
function reason(why: string): string {
  const [, terminal = '', cause = ''] = /^(\S+\/\S+) refused it: (.*)$/s.exec(why) ?? [];
  if (terminal) return say('tills_why_refused', { terminal, why: cause });
  const [, n = '', one = ''] = /^(\d+) terminals have not reported in time, (\S+) among them$/.exec(why) ?? [];
  if (n) return say('tills_why_silent', { n: count(Number(n)), terminal: one });
  const [, part = '', whole = ''] = /^(\d+) of (\d+) terminals of the wave run it$/.exec(why) ?? [];
  return part ? say('tills_have', { n: count(Number(part)), all: count(Number(whole)) }) : why;
}

function wave_name(wave: Wave): string {
  if (wave === 'all') return say('tills_wave_all');
  return 'percent' in wave ? say('tills_wave_share', { percent: share(wave.percent, 100, 0) }) : say('tills_wave_pilots');
}

function OneWave({ rollout, at, fleet }: { rollout: Rollout; at: number; fleet: Fleet }) {
  const members = fleet.stores.flatMap((store) => store.terminals.flatMap((till) =>
    till.rollouts.filter(({ version, wave }) => version === rollout.version && wave === at).map(({ state }) => ({ name: `${store.name} · ${till.id}`, state }))));
  const when = at < rollout.wave ? 'done' : at === rollout.wave ? 'now' : 'later';
  const named = members.length <= many ? members : members.filter(({ state }) => state === 'refused');
  return <li class={when} aria-current={when === 'now' ? 'step' : undefined}>
    <p><strong>{say('tills_wave', { n: count(at) })}</strong> {wave_name(rollout.waves[at - 1] ?? 'all')} <span class="quiet">{say(`tills_wave_${when}`)}</span></p>
    <p class="quiet">{say('tills_have', { n: count(members.filter(({ state }) => state === 'has').length), all: count(members.length) })}</p>
    {named.length > 0 && <ul class="chips">{named.map(({ name, state }) => <li key={name}><Badge state={state} text={`\u2068${name}\u2069: ${say(`tills_stand_${state}`)}`} /></li>)}</ul>}
  </li>;
}

type Order = 'halt' | 'resume' | 'advance';

export function OnItsWay({ rollout, fleet, again }: { rollout: Rollout; fleet: Fleet; again: () => void }) {
  const open = (['halt', 'resume', 'advance'] as const).find((order) => asked.value === `${order} ${rollout.version}`);
  const orders: Order[] = rollout.state === 'halted' ? ['resume'] : ['advance', 'halt'];
  const send = async (why: string) => {
    await ask('POST', `/v1/waves/${rollout.version}`, { order: open, why });
    asked.value = '';
    again();
  };
  const halted = rollout.state === 'halted';
  return <section class="card rollout" aria-label={say('tills_rollout', { version: count(rollout.version), pack: rollout.pack })}>
    <div class="head"><h2>{say('tills_rollout', { version: count(rollout.version), pack: rollout.pack })}</h2>
      <span class={`badge ${halted ? 'bad' : 'good'}`}>{say(halted ? 'tills_halted' : 'tills_running')}</span></div>
    {rollout.why && <p class={halted ? 'wrong' : 'quiet'}><bdi>{reason(rollout.why)}</bdi></p>}
    <ol class="waves">{rollout.waves.map((_, index) => <OneWave key={index} rollout={rollout} at={index + 1} fleet={fleet} />)}</ol>
    {may('editor') && !open && <div class="row">{orders.map((order) => <button key={order} class={order === 'halt' ? 'plain' : 'main'} onClick={() => { asked.value = `${order} ${rollout.version}`; }}>{say(`tills_${order}`)}</button>)}</div>}
    {open && <AskWhy key={open} title={say(`tills_${open}`)} text={say(`tills_ask_${open}`)} button={say(`tills_${open}`)} send={send} />}
  </section>;
}
