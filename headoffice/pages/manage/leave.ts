// Whoever goes away from what is not kept is asked. Links, the browser's back and closing the tab all come by here.

export interface Guard {
  held: () => boolean;
  /** The place that is held, as a hash. */
  own: () => string;
  /** Somebody wants to go; `go` does it. */
  ask: (go: () => void) => void;
  /** What is held, for those who ask about that alone. */
  of?: string;
}

const guards = new Set<Guard>();

/** Whether anybody holds something. */
export const is_held = (): boolean => [...guards].some((one) => one.held());
const on_leave = (event: BeforeUnloadEvent) => { if (is_held()) event.preventDefault(); };

/** Until the returned function is called. */
export function hold(one: Guard): () => void {
  if (guards.size === 0) addEventListener('beforeunload', on_leave);
  guards.add(one);
  return () => {
    guards.delete(one);
    if (guards.size === 0) removeEventListener('beforeunload', on_leave);
  };
}

/** Goes at once, or when everybody who holds something (of that kind) lets it go. */
export function leave_first(go: () => void, of?: string): void {
  const holds = [...guards].find((one) => (of === undefined || one.of === of) && one.held());
  if (holds) holds.ask(() => leave_first(go, of)); else go();
}

/** For everybody who follows the address, before they do: true when it was put back, and somebody is asked. */
export function stays(): boolean {
  const holds = [...guards].find((one) => one.held() && location.hash !== one.own());
  if (!holds) return false;
  const wanted = location.hash;
  history.replaceState(null, '', holds.own());
  holds.ask(() => { location.hash = wanted; });
  return true;
}
