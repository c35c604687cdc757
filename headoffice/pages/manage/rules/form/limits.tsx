// How much it speaks, and how it is measured.
import { say } from '../../words';
import { units } from '../model';
import { Choice, Switch, use_form, WholeNumber } from './field';

export function Limits() {
  const { rule, pack, set } = use_form();
  const quantity = rule.kind === 'add_on' || rule.kind === 'upsell';
  return <div class="grid">
    <WholeNumber at="/priority" label={say('rules.priority')} placeholder="50" hint={say('rules.priority_hint')} />
    <WholeNumber at="/holdout_percent" label={say('rules.holdout')} placeholder={String(pack.settings.holdout_percent ?? 50)} unit="%" hint={say('rules.holdout_hint')} />
    <Choice at="/unit" label={say('rules.unit')} usual="basket" hint={say('rules.unit_hint')} options={units.map((one) => [one, say(`rules.unit_${one}`)])} />
    <WholeNumber at="/extra_adds_per_1000" label={say('rules.prior')} hint={say('rules.prior_hint')} />
    {quantity && <Choice at="/quantity" label={say('rules.quantity')} usual="one" options={[['one', say('rules.quantity_one')], ['per_trigger', say('rules.quantity_per_trigger')], ...(rule.kind === 'add_on' ? [['ask', say('rules.quantity_ask')] as [string, string]] : [])]} />}
    <WholeNumber at="/caps/shift" label={say('rules.cap_shift')} placeholder={say('rules.no_cap')} />
    <WholeNumber at="/caps/lane_day" label={say('rules.cap_day')} placeholder={say('rules.no_cap')} />
    {(rule.unit === 'customer' || rule.caps?.customer) && <><WholeNumber at="/caps/customer/prompts" label={say('rules.cap_customer')} placeholder={say('rules.no_cap')} />
      <WholeNumber at="/caps/customer/days" label={say('rules.cap_days')} hint={say('rules.cap_days_hint')} /></>}
    <WholeNumber at="/spend_jump_percent" label={say('rules.spend_jump')} placeholder={String(rule.kind === 'bundle' ? 50 : pack.settings.spend_jump_percent ?? 100)} unit="%" hint={say('rules.spend_jump_hint')} />
    <Switch at="/pinned" label={say('rules.pinned')} hint={say('rules.pinned_hint')} on={rule.pinned === true} change={(on) => set('/pinned', on ? true : undefined)} />
  </div>;
}
