// One word of how something is, in its colour.
import type { Stand, State } from './fleet';

const tone: Record<State | Stand, 'good' | 'bad' | 'some'> = { fine: 'good', has: 'good', silent: 'bad', refused: 'bad', alarm: 'bad', never: 'some', behind: 'some', waiting: 'some', later: 'some' };

export function Badge({ state, text }: { state: State | Stand; text: string }) {
  return <span class={`badge ${tone[state]}`}>{text}</span>;
}
