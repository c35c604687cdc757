// A page that is fetched when it is first opened.
import type { ComponentChildren, ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { until_answered } from './asking';
import { fetched } from './code';
import { Notice, Skeleton } from './parts';
import { say } from './words';

/** What could not be fetched is fetched again by itself; whoever does not want to wait, or whose browser remembers the failure, loads all of it anew. */
function NotLoaded() {
  return <><Notice bad>{say('not_loaded')}</Notice><button type="button" class="plain" onClick={() => location.reload()}>{say('reload')}</button></>;
}

/** `waiting`: what stands there until it has come. */
export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>, waiting: () => ComponentChildren = () => <Skeleton />): (props: Props) => JSX.Element {
  let there: ComponentType<Props> | undefined;
  return function Lazy(props) {
    const [Page, set_page] = useState<ComponentType<Props> | undefined>(() => there);
    const [wrong, set_wrong] = useState(false);
    useEffect(() => (there ? undefined : until_answered(() => fetched(load), (page) => { there = page; set_page(() => page); }, () => set_wrong(true))), []);
    if (Page) return <Page {...props} />;
    return wrong ? <NotLoaded /> : <>{waiting()}</>;
  };
}
