// The strip as it is drawn. Nothing in it takes the focus: a tap that did would end scanning.
import { useRef } from 'preact/hooks';

import type { Config, Prompt } from '../../../sdk/js/shared/api';
import { language, say } from '../../../sdk/js/shared/i18n';
import { amount, day, effect } from '../../../sdk/js/shared/money';
import { Picture } from '../../../sdk/js/shared/picture';
import type { Products } from '../../../sdk/js/shared/products';
import type { Strip, View } from './strip';

const kHold = 600; // ms of pressing No that mean "not a fit"

const still = (event: Event) => event.preventDefault();

interface KeyProps { name: string; label: string; kind: string; busy?: boolean; pressed: () => void; held?: () => void; title?: string }

/** A button with its key printed on it. */
function KeyButton({ name, label, kind, busy = false, pressed, held, title }: KeyProps) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const was_held = useRef(false);
  const down = () => {
    was_held.current = false;
    if (held) timer.current = setTimeout(() => { was_held.current = true; held(); }, kHold);
  };
  const up = () => clearTimeout(timer.current);
  return (
    <button type="button" class={`key ${kind}`} tabIndex={-1} aria-keyshortcuts={name} aria-disabled={busy} title={title}
            onPointerDown={down} onPointerUp={up} onPointerLeave={up} onPointerCancel={up}
            onClick={() => { up(); if (!was_held.current) pressed(); }}>
      <kbd>{name}</kbd>
      <span>{label}</span>
    </button>
  );
}

function Effect({ prompt }: { prompt: Prompt }) {
  const tag = language.value;
  return (
    <div class="effect">
      <b><bdi>{effect(prompt.price_effect, prompt.exponent, tag)}</bdi></b>
      {prompt.saving > 0 && <small class="saving">{say('saves', { amount: amount(prompt.saving, prompt.exponent, tag) })}</small>}
      {prompt.plus_tax && <small>{say('plus_tax')}</small>}
    </div>
  );
}

/** Rule, what in the basket it is about, its reason, what it saves, and until when it runs; what is not known is left out. */
function Why({ prompt, products }: { prompt: Prompt; products: Products }) {
  const tag = language.value;
  const { trigger, trigger_name, until } = prompt.why ?? {};
  return (
    <dl class="why">
      <div><dt>{say('why_rule')}</dt><dd>{prompt.rule_name}</dd></div>
      {trigger && <div><dt>{say('why_trigger')}</dt><dd>{products.name(trigger, trigger_name || undefined)}</dd></div>}
      <div class="whole"><dt>{say('why_reason')}</dt><dd>{prompt.reason}</dd></div>
      {prompt.saving > 0 && <div><dt>{say('why_saving')}</dt><dd>{amount(prompt.saving, prompt.exponent, tag)}</dd></div>}
      {until && <div><dt>{say('why_until')}</dt><dd>{day(until, tag)}</dd></div>}
    </dl>
  );
}

function Body({ view, strip, config, products }: { view: View; strip: Strip; config: Config; products: Products }) {
  const { accept, decline } = config.keys;
  switch (view.is) {
    case 'empty':
      return null;
    case 'prompt': {
      const { prompt, why, busy } = view;
      const { name, picture } = products.of_prompt(prompt, 'small');
      return (
        <section class={`row prompt ${why ? 'explained' : ''}`} key={prompt.id} aria-label={say('strip')}>
          <Picture source={picture} name={name} class="small" decorative />
          {why ? <Why prompt={prompt} products={products} /> : (
            <div class="text">
              <h1>{prompt.headline}</h1>
              <p>{prompt.reason}</p>
            </div>
          )}
          <Effect prompt={prompt} />
          <KeyButton kind="yes" name={accept} label={say('add')} busy={busy} pressed={() => strip.yes()} />
          <KeyButton kind="no" name={decline} label={say('no')} busy={busy} title={say('fit_hint')} pressed={() => strip.no()} held={() => strip.not_a_fit()} />
          <button type="button" class="ask" tabIndex={-1} aria-label={say(why ? 'back' : 'why')} aria-expanded={why} onClick={() => strip.why()}>
            {why ? '×' : '?'}
          </button>
        </section>
      );
    }
    case 'accepted': {
      const { name, picture } = products.of_prompt(view.prompt, 'small');
      return (
        <section class="row accepted" aria-label={say('strip')}>
          <Picture source={picture} name={name} class="small" decorative />
          <div class="text">
            <h1><Tick /> {say('accepted', { name })}</h1>
          </div>
          <Effect prompt={view.prompt} />
          <KeyButton kind="no" name={decline} label={say('undo')} busy={view.busy} pressed={() => strip.no()} />
        </section>
      );
    }
    case 'chip':
      return (
        <section class="row folded" aria-label={say('strip')}>
          <KeyButton kind="chip" name={accept} label={say('chip')} pressed={() => strip.yes()} />
        </section>
      );
    case 'error':
      return <section class="row error"><div class="text"><h1><Cross /> {say(view.what)}</h1></div></section>;
    case 'noted':
      return <section class="row noted"><div class="text"><h1><Tick /> {say('not_a_fit')}</h1></div></section>;
  }
}

const Tick = () => <svg class="sign" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="11" /><path d="M7 12.5l3.4 3.4L17 9" /></svg>;
const Cross = () => <svg class="sign" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="11" /><path d="M12 6.5v7M12 17.2v.3" /></svg>;

/** What a screen reader hears: answers, never the absence of an offer. */
function spoken(view: View, products: Products): string {
  switch (view.is) {
    case 'prompt': return view.prompt.headline;
    case 'accepted': return say('accepted', { name: products.of_prompt(view.prompt, 'small').name });
    case 'error': return say(view.what);
    case 'noted': return say('not_a_fit');
    default: return '';
  }
}

export function StripView({ strip, config, products }: { strip: Strip; config: Config; products: Products }) {
  const view = strip.view.value;
  return (
    <main class={`strip is-${view.is}`} onPointerDown={still} onMouseDown={still} onContextMenu={still}>
      <Body view={view} strip={strip} config={config} products={products} />
      {view.is === 'empty' && strip.rush.value && <p class="rush">{say('rush')}</p>}
      {!strip.online.value && <span class="offline" role="img" aria-label={say('offline')} title={say('offline')} />}
      <p class="spoken" role="status">{spoken(view, products)}</p>
    </main>
  );
}
