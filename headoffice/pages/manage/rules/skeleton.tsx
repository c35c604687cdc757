import { useEffect, useState } from 'preact/hooks';

import { say } from '../words';

const kPatience = 300; // ms in which an answer needs no stand-in

/** Grey rows where a table will be, once it takes long enough to be noticed. */
export function Skeleton() {
  const [late, set_late] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => set_late(true), kPatience);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return <div class="card skeleton" role="status"><span class="unseen">{say('loading')}</span>{Array.from({ length: 8 }, (_, i) => <span key={i} class="line" aria-hidden="true" />)}</div>;
}
