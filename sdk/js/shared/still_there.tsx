// The one modal there is: nobody has touched the kiosk for a while.
import { useEffect, useRef } from 'preact/hooks';

import { say } from './i18n';
import { type Idle, kWarning } from './idle';

export function StillThere({ idle }: { idle: Idle }) {
  const left = idle.left.value;
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = left !== undefined;
  useEffect(() => {
    if (shown && !dialog.current?.open) dialog.current?.showModal();
    if (!shown) dialog.current?.close();
  }, [shown]);
  return (
    <dialog ref={dialog} class="still" aria-labelledby="still" onClose={() => idle.left.peek() !== undefined && idle.active()}>
      {shown && (
        <>
          <h2 id="still">{say('still_there')}</h2>
          <p>{say('still_there_text', { count: left })}</p>
          <progress max={kWarning / 1000} value={left} aria-hidden="true" />
          <button type="button" class="add" autoFocus onClick={() => idle.active()}>{say('more_time')}</button>
        </>
      )}
    </dialog>
  );
}
