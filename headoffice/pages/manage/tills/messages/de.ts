import type { Message } from '../../../../../sdk/js/shared/i18n';
import type { en } from './en';
export const de: Record<keyof typeof en, Message> = {
  tills_fine: '{n} von {all} in Ordnung', tills_needed: '{n} von {all} in Ordnung, um {bad} muss sich jemand kümmern', tills_only: 'Nur die, um die sich jemand kümmern muss', tills_none_bad: 'Hier muss sich niemand kümmern.',
  tills_till: 'Kasse', tills_seen: 'Zuletzt gehört', tills_rules: 'Regeln', tills_pending: 'Noch zu senden', tills_pictures: 'Bilder', tills_clock: 'Uhr',
  tills_version: 'Version {version}', tills_other_rules: 'nicht von hier', tills_may: 'bekommt {version}', tills_of: '{n} von {all}',
  tills_clock_right: 'richtig', tills_clock_ahead: 'geht {time} vor', tills_clock_behind: 'geht {time} nach', tills_clock_wrong: 'Ihre Uhr geht falsch: Zeiten und Tage von Regeln stimmen dort nicht',
  tills_state_never: 'Nie gehört', tills_state_silent: 'Stumm', tills_state_refused: 'Hat neue Regeln abgelehnt', tills_state_alarm: 'Bitte ansehen', tills_state_behind: 'Bekommt neue Regeln', tills_state_fine: 'In Ordnung',
  tills_refused: 'Neue Regeln haben ihre Prüfung nicht bestanden: Die vorigen gelten weiter', tills_aside: '{n} Meldungen beiseitegelegt: Die Zentrale hat sie nicht angenommen',
  tills_alarm_disk_full: 'Ihr Speicher ist voll: Meldungen warten im Arbeitsspeicher', tills_alarm_outbox_degraded: 'Ihr Speicher schreibt nicht: Meldungen warten im Arbeitsspeicher', tills_alarm_draining: 'Meldungen eines Kassenprogramms sind nicht lesbar',
  tills_alarm_reporting: 'Die Zentrale nimmt ihre Meldungen nicht an', tills_alarm_no_rules: 'Sie hat keine Regeln: Nichts wird vorgeschlagen', tills_alarm_rules: 'Neue Regeln sind nicht angekommen', tills_alarm_overlay: 'Pausen und Preise sind nicht angekommen',
  tills_alarm_pictures: 'Bilder kommen nicht an', tills_alarm_clock_unset: 'Ihre Uhr wurde nie gestellt',
  tills_rollout: 'Neue Regeln unterwegs: Version {version} von {pack}', tills_running: 'Unterwegs', tills_halted: 'Angehalten',
  tills_why_refused: '{terminal} hat sie abgelehnt: {why}', tills_why_silent: '{n} Kassen haben sich nicht rechtzeitig gemeldet, darunter {terminal}',
  tills_wave: 'Welle {n}:', tills_wave_pilots: 'ausgewählte Kassen', tills_wave_share: '{percent} aller Kassen', tills_wave_all: 'alle Kassen', tills_wave_done: '· fertig', tills_wave_now: '· jetzt', tills_wave_later: '· später',
  tills_have: '{n} von {all} haben sie', tills_stand_has: 'hat sie', tills_stand_refused: 'hat sie abgelehnt', tills_stand_waiting: 'noch nicht', tills_stand_later: 'später',
  tills_halt: 'Anhalten', tills_resume: 'Weitermachen', tills_advance: 'Nächste Welle beginnen', tills_ask_halt: 'Keine weitere Kasse bekommt sie. Wer sie hat, behält sie.',
  tills_ask_resume: 'Es geht weiter, wo angehalten wurde, ohne die Kassen, die sie abgelehnt haben.', tills_ask_advance: 'Die nächsten Kassen bekommen sie jetzt, ohne auf die vorigen zu warten.',
  tills_versions: 'Versionen', tills_pack: 'Regeln von', tills_number: 'Version', tills_changed: 'Regeln', tills_out: 'Wo',
  tills_frame: 'Filialen oder Einstellungen', tills_rule_added: 'neu', tills_rule_changed: 'geändert', tills_rule_removed: 'entfernt', tills_more: 'und {n} weitere', tills_program: 'ein Programm',
  tills_out_done: 'überall', tills_out_running: 'in Welle {n} von {all}', tills_out_halted: 'angehalten in Welle {n} von {all}', tills_out_superseded: 'eine spätere kam vor dem Ende von Welle {n} von {all}',
  tills_back: 'Hierhin zurück', tills_back_title: 'Zurück zu Version {version}', tills_back_text: 'Die Regeln von damals werden als neue Version wieder veröffentlicht, mit den Produkten und Preisen von heute, sofort an alle Kassen. Auf demselben Weg kommen Sie wieder her.',
  tills_back_done: 'Version {old} ist wieder veröffentlicht, als Version {version}.',
};
