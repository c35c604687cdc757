// What a place in a rule is called on the form.
import { is_word, say, type Word } from '../words';
import { language_name } from './form/texts';

const known: Record<string, Word> = {
  name: 'name', when: 'rules.when', offers: 'rules.offers', swap: 'rules.instead_of', pairs: 'rules.pairs', quantity: 'rules.quantity', priority: 'rules.priority', pinned: 'rules.pinned',
  holdout_percent: 'rules.holdout', spend_jump_percent: 'rules.spend_jump', extra_adds_per_1000: 'rules.prior', caps: 'rules.caps', unit: 'rules.unit', kind: 'rules.kind', enabled: 'rules.enabled', bar: 'rules.bar', counted: 'rules.counted', id: 'rules.id',
};
const in_bundle: Record<string, Word> = {
  slots: 'rules.parts', price: 'rules.by_price', discount: 'rules.by_discount', discount_percent: 'rules.by_discount_percent', times: 'rules.times', missing: 'rules.missing_parts', complete: 'rules.convert',
};

export function label_of(pointer: string): string {
  const [member = '', second = '', third = ''] = pointer.split('/').slice(1);
  if (member === 'text' || member === 'kiosk_text' || member === 'complete_text') {
    const what = third ? say(third === 'reason' ? 'rules.reason' : 'rules.headline') : say('rules.texts');
    const where = member === 'kiosk_text' ? `, ${say('rules.channel_kiosk')}` : member === 'complete_text' ? `, ${say('rules.when_complete')}` : '';
    return second ? `${what} (${language_name(second)}${where})` : what;
  }
  if (member === 'bundle') return say(in_bundle[second] ?? 'rules.kind_bundle');
  if (member === 'when') {
    const kind = pointer.split('/').find((one) => is_word(`rules.kind_of_${one}`));
    if (kind) return say(`rules.kind_of_${kind}` as Word);
  }
  const word = known[member];
  return word ? say(word) : member;
}
