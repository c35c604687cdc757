export const en = {
  // an old version
  more_then: 'The rule in version {version}', more_then_text: 'Beside it what is published now.', more_column: 'Version {version}', more_close: 'Close', more_take_back: 'Take it back',
  more_same: 'This is what is published now.', more_replaces: 'It takes the place of the draft of {who}.', more_scheduled: 'A change of this rule is scheduled: return it first.',
  more_goes: 'It becomes a draft with your reason, and goes out once it is approved and published.', more_late: 'Somebody changed the rule meanwhile. Look again, then take it back.',
  // one field of several
  more_change: { one: 'Change {count} rule', other: 'Change {count} rules' }, more_drafts: 'Each gets a draft with this. Nothing is published.', more_field: 'What', more_value: 'New value', more_keep: 'Save drafts',
  more_between: 'A whole number from {least} to {most}', more_no_end: 'Empty: without a last day.', more_left: { one: '{count} rule stays as it is:', other: '{count} rules stay as they are:' },
  more_not_yours: 'you may not edit it', more_archived: 'it is archived, or to be archived', more_begins_later: 'it begins after that day', more_changed: 'somebody changed it meanwhile; open it to see',
  more_done: { one: '{count} rule has a draft with this.', other: '{count} rules have a draft with this.' }, more_already: { one: '{count} was so already.', other: '{count} were so already.' },
  // how a publication goes out
  'rules.out_title': 'How it goes out', 'rules.out_once': 'To every till at once', 'rules.out_waves': 'In waves: a few tills first',
  'rules.out_waves_hint': 'Every till tests new rules before it uses them. When one refuses them or says nothing, no further till gets them.', 'rules.out_pilots': 'First these tills',
  'rules.out_find': 'Find a till', 'rules.out_chosen': '{count} chosen', 'rules.out_share': 'Then a share of all tills', 'rules.out_share_hint': 'Always the same tills. Empty: none.',
  'rules.out_then': 'Then all tills.', 'rules.out_next': 'The next wave begins', 'rules.out_by_report': 'by itself, as soon as every till of the wave uses the new rules',
  'rules.out_by_command': 'when somebody begins it on the page “Tills”', 'rules.out_wait': 'It halts when a till says nothing for', 'rules.out_minutes': 'minutes',
  'rules.out_first_missing': 'Choose a till or a share to begin with', 'rules.out_between': 'A whole number from 1 to {most}',
  'rules.out_ends': 'Version {version} is still on its way. This publication takes its place: tills that have it keep it until this one comes.',
  // what became of the baskets of a replay
  'rules.replay_days': 'Baskets from {from} to {to}', 'rules.replay_runs': 'Going through the baskets', 'rules.replay_mend': 'Mend what is wrong with the rule first.', 'rules.replay_stale': 'The rule has changed since: try again.', 'rules.replay_span': 'Choose at most 31 days, the first before the last.',
  'rules.replay_stop': 'Stop', 'rules.replay_stopped': 'Stopped after {done} of {of} baskets. This is what they say.', 'rules.replay_days_aside': 'The rule’s own days are left aside here: these baskets are of other days.',
  'rules.replay_prompted': 'It would have asked', 'rules.replay_already': 'It was bought anyway', 'rules.replay_not': 'Not met: {what}',
  'rules.replay_lost': 'Another rule was better: {rule}', 'rules.replay_silent': 'Nothing is asked in such sales', 'rules.replay_all': 'All baskets',
  'rules.replay_estimate': 'Some {adds} more sold, margin {margin}.', 'rules.replay_guess': 'An estimate from your own guess; only the holdout tells the truth.',
  'rules.replay_measured': 'From the lift of the published rule over the last 90 days.', 'rules.replay_held': 'Held out for the comparison: it would not have been asked',
  'rules.replay_found': 'here: {found}', 'rules.replay_first': 'The first {first} of {all}', 'rules.replay_moment': 'where and when it speaks',
};
