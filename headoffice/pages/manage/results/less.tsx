// Once a rule has its verdict, fewer baskets need to be held out: one press makes the draft that says so.
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { Refusal, session } from '../api';
import { share } from '../format';
import { Notice } from '../parts';
import { keep_draft, newest, packs, row_of, type Rule, type RuleRow } from '../rules/model';
import { may } from '../rules/rights';
import { told } from '../sign_in';
import { say } from './words';

/** A held-out share that is enough once a rule has its verdict. */
const kLess = 10; // percent

interface Found { pack: string; row: RuleRow; etag: string | undefined }

/** The first pack that has a rule of this id. */
async function find(rule: string): Promise<Found | undefined> {
  for (const { id: pack } of await packs()) {
    try {
      const { answer: row } = await row_of(pack, rule);
      return { pack, row, etag: row.draft?.etag };
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
    }
  }
  return undefined;
}

type Said = { pack: string; wrong?: string };

/** Puts the smaller holdout on top of what is there; what somebody has handed on is left alone. */
async function make_draft(rule: string): Promise<Said> {
  const found = await find(rule);
  const content: Rule | null | undefined = found && newest(found.row);
  if (!found || !content || !found.row.may_edit) return { pack: found?.pack ?? '', wrong: say('less_not_yours') };
  const { pack, row } = found;
  if (row.draft && row.draft.state !== 'draft') return { pack, wrong: say('less_on_its_way') };
  try {
    await keep_draft(pack, { ...content, holdout_percent: kLess }, found.etag, row.published_etag ?? undefined);
  } catch (error) {
    if (error instanceof Refusal && (error.status === 412 || error.status === 428)) return { pack, wrong: say('less_changed') };
    throw error;
  }
  return { pack };
}

/** What may be done about a holdout of `now` percent that has told all it had to. */
export function Less({ rule, name, now }: { rule: string; name: string; now: number }) {
  const [said, set_said] = useState<Said>();
  const [wrong, set_wrong] = useState<unknown>();
  const [busy, set_busy] = useState(false);
  const open = useRef<HTMLAnchorElement>(null);
  useLayoutEffect(() => open.current?.focus(), [said]);
  const places = { share: share(kLess, 100, 0), now: share(now, 100, 0) };
  const act = () => {
    if (busy) return;
    set_busy(true);
    set_wrong(undefined);
    void make_draft(rule).then(set_said, set_wrong).then(() => set_busy(false));
  };
  return <div class="note"><p>{say('less_held_out', places)}</p>
    {wrong !== undefined && <Notice bad>{told(wrong)}</Notice>}
    {said ? <Notice bad={said.wrong !== undefined}>{said.wrong ?? say('less_done', places)} <a ref={open} href={`#rules/${encodeURIComponent(said.pack)}/${encodeURIComponent(rule)}`}>{say('less_open')}<span class="unseen"> {name}</span></a></Notice>
      : may('edit', session.value?.person.role) && <button type="button" class="plain" aria-disabled={busy} onClick={act}>{say('less_do', places)}<span class="unseen"> {name}</span></button>}
  </div>;
}

/** Whether fewer would do. */
export const is_enough = (now: number): boolean => now > kLess;
