// What the frames of the form share: a host that always can, an agent that writes nothing down, and how they are told what to show.
import { Api, type Answer, type Config, kDefaults } from '../../../sdk/js/shared/api';
import { Host } from '../../../sdk/js/shared/host';
import type { Shown } from './rules/preview';

class Quiet extends Api {
  override outcome(): Promise<Answer> { return Promise.resolve('ok'); }
}
class Alone extends Host {
  override tell(): void { /* nobody listens */ }
  override add(): Promise<boolean> { return Promise.resolve(true); }
  override undo(): Promise<boolean> { return Promise.resolve(true); }
  override quantity(): Promise<boolean> { return Promise.resolve(true); }
}
export const quiet = new Quiet('', '');
export const alone = new Alone();
/** Nothing folds away while somebody looks at it. */
export const config: Config = { ...kDefaults, fold_ms: 2_000_000_000 };

export function asked(show: (shown: Shown) => void): void {
  addEventListener('message', (event: MessageEvent) => {
    if (event.source === parent && event.origin === self.origin) show(event.data as Shown);
  });
  parent.postMessage('sidedish:frame', self.origin);
}
