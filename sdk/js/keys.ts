// Function keys of people, not of scanners. A wedge scanner types like a keyboard, 30 to 100 ms between keys, and some send
// function keys around a code: a key that stands within 100 ms of another one is nobody's answer.

/** Milliseconds of quiet before and after a key that counts. */
export const kQuiet = 100;

/**
 * A listener for keydown. Calls `pressed` with the name of a wanted key once it stood alone. `wanted` is asked each time.
 */
export function key_guard(wanted: () => readonly string[], pressed: (key: string) => void): (event: KeyboardEvent) => void {
  let last = -Infinity;
  let waiting: { key: string; timer: ReturnType<typeof setTimeout> } | undefined;
  return (event) => {
    const gap = event.timeStamp - last;
    last = event.timeStamp;
    if (waiting && event.key !== waiting.key) {
      clearTimeout(waiting.timer);
      waiting = undefined;
    }
    const modified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (gap < kQuiet || event.repeat || modified || waiting || !wanted().includes(event.key)) return;
    const { key } = event;
    waiting = { key, timer: setTimeout(() => { waiting = undefined; pressed(key); }, kQuiet) };
  };
}
