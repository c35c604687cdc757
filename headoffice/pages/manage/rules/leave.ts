// Whoever goes away from what is not kept is asked. Links, the browser's back and closing the tab all come by here.

interface Guard { held: () => boolean; /** The place that is held, as a hash. */ own: () => string; /** Somebody wants to go there. */ ask: (hash: string) => void }

let guard: Guard | undefined;

/** Until the returned function is called. One at a time. */
export function hold(one: Guard): () => void {
  const on_leave = (event: BeforeUnloadEvent) => { if (one.held()) event.preventDefault(); };
  guard = one;
  addEventListener('beforeunload', on_leave);
  return () => {
    removeEventListener('beforeunload', on_leave);
    if (guard === one) guard = undefined;
  };
}

/** For everybody who follows the address, before they do: true when it was put back, and somebody is asked. */
export function stays(): boolean {
  if (!guard?.held() || location.hash === guard.own()) return false;
  const wanted = location.hash;
  history.replaceState(null, '', guard.own());
  guard.ask(wanted);
  return true;
}
