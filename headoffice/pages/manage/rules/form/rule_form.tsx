// The form as one sentence: when the basket has ..., suggest ..., in these words, here and then.
import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

import { say, type Word } from '../../words';
import { Choose } from './choose';
import { Conditions } from './conditions';
import { Text, use_form } from './field';
import { Pairs, Price, Slots } from './kinds';
import { Limits } from './limits';
import { Offers } from './offers';
import { Texts } from './texts';

function Section({ title, children }: { title: Word; children: ComponentChildren }) {
  return <section class="card part"><h2>{say(title)}</h2>{children}</section>;
}

function Sentence() {
  const { rule } = use_form();
  switch (rule.kind) {
    case 'bundle':
      return <><p class="lead">{say('rules.s_bundle')}</p><Slots /><p class="lead">{say('rules.s_only_when')}</p><Conditions where={false} /></>;
    case 'upsell':
      return <><p class="lead">{say('rules.s_instead')}</p><Choose at="/swap/from" label={say('rules.instead_of')} /><p class="lead">{say('rules.s_dearer')}</p><Offers /><p class="lead">{say('rules.s_only_when')}</p><Conditions where={false} /></>;
    case 'also_bought':
      return <><p class="lead">{say('rules.s_pairs')}</p><Pairs /><p class="lead">{say('rules.s_only_when')}</p><Conditions where={false} /></>;
    case 'receipt':
      return <><p class="lead">{say('rules.s_when')}</p><Conditions where={false} /><p class="lead">{say('rules.s_receipt')}</p><Offers /></>;
    default:
      return <><p class="lead">{say('rules.s_when')}</p><Conditions where={false} /><p class="lead">{say('rules.s_suggest')}</p><Offers /></>;
  }
}

export function RuleForm({ tag }: { tag: Signal<string> }) {
  return <>
    <Section title="rules.what"><Text at="/name" label={say('rules.name')} hint={say('rules.name_hint')} wide /><Sentence /></Section>
    <Section title="rules.texts"><Texts tag={tag} /></Section>
    <Section title="rules.price"><Price /></Section>
    <Section title="rules.where"><p class="quiet">{say('rules.where_hint')}</p><Conditions where /></Section>
    <Section title="rules.limits"><Limits /></Section>
  </>;
}
