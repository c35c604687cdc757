import type { Message } from '../../../../../../sdk/js/shared/i18n';
import type { en } from './en';

export const de: Record<keyof typeof en, Message> = {
  more_then: 'Die Regel in Version {version}', more_then_text: 'Daneben, was jetzt veröffentlicht ist.', more_column: 'Version {version}', more_close: 'Schließen', more_take_back: 'Zurückholen',
  more_same: 'Das ist, was jetzt veröffentlicht ist.', more_replaces: 'Es tritt an die Stelle des Entwurfs von {who}.', more_scheduled: 'Eine Änderung dieser Regel ist geplant: Geben Sie sie zuerst zurück.',
  more_goes: 'Es wird ein Entwurf mit Ihrem Grund und geht hinaus, wenn er freigegeben und veröffentlicht ist.', more_late: 'Jemand hat die Regel inzwischen geändert. Sehen Sie noch einmal hin und holen Sie sie dann zurück.',
  // one field of several
  more_change: { one: '{count} Regel ändern', other: '{count} Regeln ändern' }, more_drafts: 'Jede bekommt einen Entwurf damit. Veröffentlicht wird nichts.', more_field: 'Was', more_value: 'Neuer Wert', more_keep: 'Entwürfe speichern',
  more_between: 'Eine ganze Zahl von {least} bis {most}', more_no_end: 'Leer: ohne letzten Tag.', more_left: { one: '{count} Regel bleibt, wie sie ist:', other: '{count} Regeln bleiben, wie sie sind:' },
  more_not_yours: 'Sie dürfen sie nicht bearbeiten', more_archived: 'sie ist archiviert oder soll es werden', more_begins_later: 'sie beginnt nach diesem Tag', more_changed: 'jemand hat sie inzwischen geändert; öffnen Sie sie',
  more_done: { one: '{count} Regel hat einen Entwurf damit.', other: '{count} Regeln haben einen Entwurf damit.' }, more_already: { one: '{count} war schon so.', other: '{count} waren schon so.' },
  // how a publication goes out
  'rules.out_title': 'Wie es hinausgeht', 'rules.out_once': 'An alle Kassen auf einmal', 'rules.out_waves': 'In Wellen: zuerst an wenige Kassen',
  'rules.out_waves_hint': 'Jede Kasse prüft neue Regeln, bevor sie sie benutzt. Lehnt eine sie ab oder meldet sich nicht, bekommt sie keine weitere.', 'rules.out_pilots': 'Zuerst diese Kassen',
  'rules.out_find': 'Kasse suchen', 'rules.out_chosen': '{count} gewählt', 'rules.out_share': 'Dann ein Anteil aller Kassen', 'rules.out_share_hint': 'Immer dieselben Kassen. Leer: keiner.',
  'rules.out_then': 'Dann alle Kassen.', 'rules.out_next': 'Die nächste Welle beginnt', 'rules.out_by_report': 'von selbst, sobald jede Kasse der Welle die neuen Regeln benutzt',
  'rules.out_by_command': 'wenn jemand sie auf der Seite „Kassen“ beginnt', 'rules.out_wait': 'Es hält an, wenn sich eine Kasse so lange nicht meldet', 'rules.out_minutes': 'Minuten',
  'rules.out_first_missing': 'Wählen Sie eine Kasse oder einen Anteil für den Anfang', 'rules.out_between': 'Eine ganze Zahl von 1 bis {most}',
  'rules.out_ends': 'Version {version} ist noch unterwegs. Diese tritt an ihre Stelle: Wer sie hat, behält sie, bis diese kommt.',
  // what became of the baskets of a replay
  'rules.replay_days': 'Körbe vom {from} bis {to}', 'rules.replay_runs': 'Geht die Körbe durch', 'rules.replay_mend': 'Verbessern Sie zuerst, was an der Regel falsch ist.', 'rules.replay_stale': 'Die Regel ist seitdem geändert: Probieren Sie es noch einmal.', 'rules.replay_span': 'Wählen Sie höchstens 31 Tage, den ersten vor dem letzten.',
  'rules.replay_stop': 'Anhalten', 'rules.replay_stopped': 'Angehalten nach {done} von {of} Körben. Das sagen diese.', 'rules.replay_days_aside': 'Die eigenen Tage der Regel zählen hier nicht: Diese Körbe sind von anderen Tagen.',
  'rules.replay_prompted': 'Sie hätte gefragt', 'rules.replay_already': 'Es wurde ohnehin gekauft', 'rules.replay_not': 'Nicht erfüllt: {what}',
  'rules.replay_lost': 'Eine andere Regel war besser: {rule}', 'rules.replay_silent': 'In solchen Verkäufen wird nichts gefragt', 'rules.replay_all': 'Alle Körbe',
  'rules.replay_estimate': 'Etwa {adds} mehr verkauft, Spanne {margin}.', 'rules.replay_guess': 'Eine Schätzung aus Ihrer Annahme; Gewissheit gibt nur die Kontrolle.',
  'rules.replay_measured': 'Aus dem Lift der veröffentlichten Regel in den letzten 90 Tagen.',
  'rules.replay_held': 'Für den Vergleich zurückgehalten: Sie hätte nicht gefragt', 'rules.replay_found': 'hier: {found}',
  'rules.replay_first': 'Die ersten {first} von {all}', 'rules.replay_moment': 'wo und wann sie spricht',
};
