// A page that is fetched when it is first opened.
import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { Notice } from './parts';
import { say } from './words';

export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): (props: Props) => JSX.Element {
  let there: ComponentType<Props> | undefined;
  return function Lazy(props) {
    const [Page, set_page] = useState<ComponentType<Props> | undefined>(() => there);
    const [wrong, set_wrong] = useState(false);
    useEffect(() => {
      if (!there) load().then((page) => { there = page; set_page(() => page); }, () => set_wrong(true));
    }, []);
    if (wrong) return <Notice bad>{say('no_connection')}</Notice>;
    return Page ? <Page {...props} /> : <p class="quiet">{say('loading')}</p>;
  };
}
