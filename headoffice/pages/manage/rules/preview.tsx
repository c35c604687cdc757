// The rule as a cashier and a shopper will see it: the till's and the kiosk's own components, in a frame of their own size.
import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

import type { Prompt } from '../../../../sdk/js/sidedish';
import { language } from '../../../../sdk/js/shared/i18n';
import { until_answered } from '../asking';
import { count } from '../format';
import { silent_words } from '../seldom/seldom';
import { say } from '../words';
import { written } from '../cash';
import type { Editing } from './editing';
import { language_name } from './form/texts';
import { type BasketLine, type Condition, type Pack, preview, type Previewed, type Rule, type Why } from './model';
import { known, product } from './names';
import { get } from './pointer';
import { condition_words, trigger_words } from './sentence';

const kPause = 400; // ms without a key before it is asked for
export type Surface = 'till' | 'kiosk';
/** CSS pixels of the screens that are shown; a till's is as wide as there is room, as on a till. */
const sizes: Record<Surface, readonly [number, number]> = { till: [1180, 96], kiosk: [540, 960] };
const kNarrow = 720;
const kKiosk = 0.66;

/** What a frame is told to show. */
export interface Shown { language: string; /** That the store's pages speak. */ languages: string[]; prompts: Prompt[]; lines: Line[]; total: number; currency: string; exponent: number }
type Line = { product: string; name: string; quantity: string; line_total: number; picture?: { large: string } };

/** Where the frame's own script and style are: index.html names them. */
function frame_of(surface: Surface): string {
  const { script = '', style = '' } = document.getElementById(`frame-${surface}`)?.dataset ?? {};
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="stylesheet" href="${style}"></head><body><div id="${surface === 'till' ? 'strip' : 'kiosk'}"></div><script type="module" src="${script}"></script></body></html>`;
}

function Screen({ surface, shown }: { surface: Surface; shown: Shown }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const ready = useSignal(false);
  const [usual, height] = sizes[surface];
  // Before the frame can have said anything: it says so once.
  useLayoutEffect(() => {
    const heard = (event: MessageEvent) => { if (event.source === frame.current?.contentWindow && event.data === 'sidedish:frame') ready.value = true; };
    addEventListener('message', heard);
    const fit = () => {
      const room = box.current?.clientWidth || usual;
      const width = surface === 'till' ? Math.max(kNarrow, Math.min(room, usual)) : usual;
      const scale = Math.min(1, room / width, surface === 'kiosk' ? kKiosk : 1);
      frame.current?.setAttribute('width', String(width));
      box.current?.style.setProperty('--scale', String(scale));
      box.current?.style.setProperty('height', `${Math.ceil(height * scale)}px`);
    };
    const watcher = new ResizeObserver(fit);
    if (box.current) watcher.observe(box.current);
    return () => {
      removeEventListener('message', heard);
      watcher.disconnect();
    };
  }, []);
  useEffect(() => { if (ready.value) frame.current?.contentWindow?.postMessage(shown, location.origin); }, [ready.value, shown]);
  return <div ref={box} class={`screen is-${surface}`}><iframe ref={frame} title={say('rules.preview_of', { where: say(surface === 'till' ? 'rules.channel_cashier' : 'rules.channel_kiosk') })} srcdoc={frame_of(surface)} width={usual} height={height} tabIndex={-1} /></div>;
}

/** What kept it silent: a condition by its own words; where and when it speaks is none that has words. */
function in_words(pack: Pack, rule: Rule, { fate, of, detail, pointer }: Why, empty: boolean): string {
  const parts = pointer?.slice(pointer.indexOf('/when')).split('/') ?? [];
  for (; parts.length > 1; parts.pop()) {
    const found = get(rule, parts.join('/'));
    if (found === null || typeof found !== 'object' || Array.isArray(found) || Object.keys(found).length !== 1) continue;
    const words = condition_words(pack, found as Condition);
    if (!words.startsWith('{')) return say('rules.not_met', { what: words });
  }
  if (empty) return say('rules.not_met', { what: trigger_words(pack, rule) });
  if (fate === 'condition') return pointer === undefined ? silent_words('elsewhere', undefined, detail) : detail;
  return of === undefined ? detail : silent_words(fate === 'guard' ? 'guard' : 'silence', of, detail);
}

/** A line as the kiosk's basket has it: the catalogue's picture of what is in it. */
function pictured({ product: key, name, quantity, line_total }: BasketLine): Line {
  void product(key);
  const large = known.value.get(key)?.pictures?.large;
  return { product: key, name, quantity, line_total, ...(large ? { picture: { large: `/v1/pictures/${large}` } } : {}) };
}

export function Preview({ editing, pack, tag, surface }: { editing: Editing; pack: Pack; tag: { value: string }; surface: { value: Surface } }) {
  const fits = useSignal(true);
  const answer = useSignal<Previewed | undefined>(undefined);
  const away = useSignal(false);
  const rule = editing.rule.value;
  const broken = editing.mistakes.value.length > 0;
  const receipt = rule.kind === 'receipt';
  const channel = receipt ? 'receipt' : surface.value === 'till' ? 'cashier' : 'kiosk';
  const key = JSON.stringify([rule, channel, tag.value, fits.value]);
  useEffect(() => {
    let enough: (() => void) | undefined;
    const timer = setTimeout(() => {
      const moment = receipt ? 'receipt' : 'basket';
      enough = until_answered(() => preview(pack.id, { rule, basket: fits.value ? null : { lines: [] }, channel, moment, language: tag.value }),
        (said) => { answer.value = said; away.value = false; }, () => { away.value = true; });
    }, kPause);
    return () => { clearTimeout(timer); enough?.(); };
  }, [key]);
  const shown = useComputed<Shown>(() => ({ language: tag.value, languages: pack.languages, prompts: answer.value?.prompts ?? [], lines: (answer.value?.basket?.lines ?? []).map(pictured), total: answer.value?.basket?.total ?? 0, currency: pack.currency, exponent: pack.exponent }));
  const said = answer.value;
  const Tab = ({ id, text }: { id: Surface; text: string }) => <button type="button" class="seg" aria-pressed={surface.value === id} onClick={() => { surface.value = id; }}>{text}</button>;
  return <section class="card preview" aria-labelledby="preview">
    <div class="row controls"><h2 id="preview">{say('rules.preview')}</h2>
      {!receipt && <div class="segs" role="group" aria-label={say('rules.preview_where')}><Tab id="till" text={say('rules.channel_cashier')} /><Tab id="kiosk" text={say('rules.channel_kiosk')} /></div>}
      <div class="segs" role="group" aria-label={say('rules.preview_basket')}>
        {[true, false].map((one) => <button key={String(one)} type="button" class="seg" aria-pressed={fits.value === one} onClick={() => { fits.value = one; }}>{say(one ? 'rules.qualifies' : 'rules.does_not')}</button>)}
      </div>
      {pack.languages.length > 1 && <label class="select inline"><span class="unseen">{say('rules.preview_language')}</span><select value={tag.value} onChange={(event) => { tag.value = event.currentTarget.value; }}>
        {pack.languages.map((one) => <option key={one} value={one} selected={one === tag.value}>{language_name(one)}</option>)}</select></label>}
      <div class="said" aria-live="polite">
        {away.value && <span class="quiet">{say('rules.preview_away')}</span>}
        {!away.value && (broken ? <span>{say('rules.preview_unfinished')}</span> : said?.why && <span><strong>{say('rules.silent')}</strong> {in_words(pack, rule, said.why, !fits.value)}</span>)}
        {!away.value && fits.value && said?.basket && said.basket.lines.length > 0 && <span class="quiet">{say('rules.basket_is')} {said.basket.lines.map((line) => `${count(Number(line.quantity))} × ${line.name}`).join(', ')} ({written(said.basket.total, pack, language.value)})</span>}
      </div>
    </div>
    {receipt ? said?.prompts.map((prompt) => <blockquote key={prompt.id} class="receipt" lang={tag.value}><strong>{prompt.headline}</strong><br />{prompt.reason}</blockquote>)
      : <Screen key={surface.value} surface={surface.value} shown={shown.value} />}
  </section>;
}
