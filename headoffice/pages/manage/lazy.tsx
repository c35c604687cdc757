// A page that is fetched when it is first opened.
import { type ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { Notice } from './parts';
import { say } from './words';

export function lazy(load: () => Promise<{ default: ComponentType }>): ComponentType {
  let there: ComponentType | undefined;
  return function Lazy() {
    const [Page, set_page] = useState<ComponentType | undefined>(() => there);
    const [wrong, set_wrong] = useState(false);
    useEffect(() => {
      if (!there) load().then((page) => { there = page.default; set_page(() => page.default); }, () => set_wrong(true));
    }, []);
    if (wrong) return <Notice bad>{say('no_connection')}</Notice>;
    return Page ? <Page /> : <p class="quiet">{say('loading')}</p>;
  };
}
