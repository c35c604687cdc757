// What people read: a tab a language, with what room there is at the till and at the kiosk.
import { type Signal } from '@preact/signals';
import { useRef } from 'preact/hooks';

import { language } from '../../../../../sdk/js/shared/i18n';
import { has_places, limits, signs } from '../check';
import type { PromptText, Texts as AllTexts } from '../model';
import { step } from '../pointer';
import { say } from '../../words';
import { Remove, Switch, Text, use_form } from './field';

const kWays = 4;
export const language_name = (tag: string): string => new Intl.DisplayNames([language.value], { type: 'language', fallback: 'code' }).of(tag) ?? tag;
const right_to_left = (tag: string): boolean => /^(ar|fa|he|ur)\b/.test(tag);

/** One text, or up to four ways to say it, best first. */
function Ways({ at, label, most, tag, hint, optional = false }: { at: string; label: string; most: number; tag: string; hint?: string; optional?: boolean }) {
  const { rule, set, locked } = use_form();
  const value = at.split('/').slice(1).reduce<unknown>((here, name) => (here as Record<string, unknown> | undefined)?.[name], rule);
  const many = Array.isArray(value);
  const ways = many ? (value as string[]) : [(value as string | undefined) ?? ''];
  const write = (next: string[]) => set(at, next.length === 1 ? next[0] : next);
  const count = (text: string) => (has_places(text) ? say('rules.with_places', { most }) : `${new Intl.NumberFormat(language.value).format(signs(text))}/${new Intl.NumberFormat(language.value).format(most)}`);
  return <div class="ways">
    {ways.map((_, i) => <div key={i} class="way">
      <Text at={many ? `${at}/${i}` : at} label={i === 0 ? label : say('rules.else_say', { label })} wide lang={tag} dir={right_to_left(tag) ? 'rtl' : 'ltr'} optional={optional && !many} count={count} over={(text) => !has_places(text) && signs(text) > most} {...(i === 0 && hint ? { hint } : {})} />
      {i > 0 && <Remove what={say('rules.else_say', { label })} act={() => write(ways.filter((__, n) => n !== i))} />}
    </div>)}
    {!locked && ways.length < kWays && ways.every((way) => has_places(way)) && <button type="button" class="link-like" onClick={() => write([...ways, ''])}>{say('rules.add_way')}</button>}
  </div>;
}

function Pair({ name, tag }: { name: 'text' | 'kiosk_text' | 'complete_text'; tag: string }) {
  const most = limits[name === 'kiosk_text' ? 'kiosk' : 'till'];
  const at = `/${name}${step(tag)}`;
  return <><Ways at={`${at}/headline`} label={say('rules.headline')} most={most.headline} tag={tag} />
    <Ways at={`${at}/reason`} label={say('rules.reason')} most={most.reason} tag={tag} optional hint={say('rules.reason_hint')} /></>;
}

export function Texts({ tag }: { tag: Signal<string> }) {
  const { pack, rule, set, found, locked } = use_form();
  const tabs = useRef<HTMLDivElement>(null);
  const has = (one: string) => { const text = rule.text[one]; return text !== undefined && text.headline.length > 0; };
  const wrong = (one: string) => found.some(({ pointer, severity }) => severity === 'error' && ['text', 'kiosk_text', 'complete_text'].some((name) => pointer.startsWith(`/${name}${step(one)}/`)));
  const now = pack.languages.includes(tag.value) ? tag.value : pack.languages[0] ?? 'en';
  const go = (by: number) => {
    const next = pack.languages[(pack.languages.indexOf(now) + by + pack.languages.length) % pack.languages.length] ?? now;
    tag.value = next;
    setTimeout(() => tabs.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus());
  };
  const on_key = (event: KeyboardEvent) => {
    const rtl = document.documentElement.dir === 'rtl';
    const by = { ArrowRight: rtl ? -1 : 1, ArrowLeft: rtl ? 1 : -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    go(by);
  };
  const own = (name: 'kiosk_text' | 'complete_text', on: boolean) => {
    const { [now]: gone, ...left } = (rule[name] ?? {}) as AllTexts;
    void gone;
    const copy: PromptText = structuredClone(rule.text[now] ?? { headline: '' });
    set(`/${name}`, on ? { ...rule[name], [now]: copy } : Object.keys(left).length > 0 ? left : undefined);
  };
  const first = pack.languages[0];
  return <>
    {pack.languages.length > 1 && <div ref={tabs} class="tabs" role="tablist" aria-label={say('rules.languages')} onKeyDown={on_key}>
      {pack.languages.map((one) => <button key={one} type="button" role="tab" id={`lang-${one}`} aria-selected={one === now} aria-controls="lang-panel" tabIndex={one === now ? 0 : -1} onClick={() => { tag.value = one; }}>
        {language_name(one)}{wrong(one) ? <span class="mark bad" role="img" aria-label={say('rules.has_mistakes')}>!</span> : !has(one) && <span class="mark" role="img" aria-label={say('rules.no_text_yet')}>○</span>}</button>)}
      <span class="quiet">{say('rules.languages_done', { done: pack.languages.filter(has).length, all: pack.languages.length })}</span>
    </div>}
    <div id="lang-panel" {...(pack.languages.length > 1 ? { role: 'tabpanel', 'aria-labelledby': `lang-${now}` } : {})}>
      {now !== first && !has(now) && <p class="quiet">{say('rules.falls_back', { language: language_name(first ?? 'en') })}</p>}
      {now === first || rule.text[now] !== undefined || locked ? <Pair name="text" tag={now} />
        : <button type="button" class="plain" onClick={() => set(`/text${step(now)}`, { headline: '' })}>{say('rules.write_in', { language: language_name(now) })}</button>}
      {now !== first && rule.text[now] !== undefined && !locked && <button type="button" class="link-like" onClick={() => set(`/text${step(now)}`, undefined)}>{say('rules.drop_text')}</button>}
      {rule.kind !== 'receipt' && <Switch at={`/kiosk_text${step(now)}`} label={say('rules.own_kiosk')} on={rule.kiosk_text?.[now] !== undefined} change={(on) => own('kiosk_text', on)} />}
      {rule.kiosk_text?.[now] !== undefined && <div class="inner"><h4>{say('rules.channel_kiosk')}</h4><Pair name="kiosk_text" tag={now} /></div>}
      {rule.bundle?.complete && <><Switch at={`/complete_text${step(now)}`} label={say('rules.own_complete')} on={rule.complete_text?.[now] !== undefined} change={(on) => own('complete_text', on)} />
        {rule.complete_text?.[now] !== undefined && <div class="inner"><h4>{say('rules.when_complete')}</h4><Pair name="complete_text" tag={now} /></div>}</>}
      <details class="places"><summary>{say('rules.places')}</summary><dl>
        {(['offer', 'price', ...(rule.bundle ? ['saving'] as const : []), ...(rule.kind === 'upsell' ? ['more', 'from'] as const : []), 'left', 'share', 'until'] as const).map((place) => <div key={place}><dt><code dir="ltr">{`{${place}}`}</code></dt><dd>{say(`rules.place_${place}` as Parameters<typeof say>[0])}</dd></div>)}
      </dl></details>
    </div>
  </>;
}
