import type { Message } from '../../../../../sdk/js/shared/i18n';
import type { en } from './en';
export const ja: Record<keyof typeof en, Message> = {
  tills_fine: '{all}台中{n}台が正常', tills_needed: '{all}台中{n}台が正常、{bad}台は対応が必要', tills_only: '対応が必要なものだけ', tills_none_bad: '対応が必要なものはありません。',
  tills_till: 'レジ', tills_seen: '最終通信', tills_rules: 'ルール', tills_pending: '送信待ち', tills_pictures: '画像', tills_clock: '時計',
  tills_version: 'バージョン {version}', tills_other_rules: '本部以外のもの', tills_may: '{version} を受け取ります', tills_of: '{n}／{all}',
  tills_clock_right: '正確', tills_clock_ahead: '{time}進み', tills_clock_behind: '{time}遅れ', tills_clock_wrong: '時計がずれています。ルールの時間帯と日付も狂います',
  tills_state_never: '通信なし', tills_state_silent: '応答なし', tills_state_refused: '新しいルールを拒否', tills_state_alarm: '要確認', tills_state_behind: '新しいルールを受信中', tills_state_fine: '正常',
  tills_refused: '新しいルールが検査に通らず、前のルールで動いています', tills_aside: '本部が受け付けなかった報告：{n}件',
  tills_alarm_disk_full: 'ディスクがいっぱいです。報告はメモリで待機中です', tills_alarm_outbox_degraded: 'ディスクに書き込めません。報告はメモリで待機中です', tills_alarm_draining: 'レジソフトの報告を読み取れません',
  tills_alarm_reporting: '本部が報告を受け付けません', tills_alarm_no_rules: 'ルールがないため、何も提案されません', tills_alarm_rules: '新しいルールが届いていません', tills_alarm_overlay: '一時停止と価格の変更が届いていません',
  tills_alarm_pictures: '画像が届いていません', tills_alarm_clock_unset: '時計が設定されていません',
  tills_rollout: '配信中の新しいルール：{pack} のバージョン {version}', tills_running: '配信中', tills_halted: '停止中',
  tills_why_refused: '{terminal} が拒否しました：{why}', tills_why_silent: '{terminal} など {n} 台から時間内に報告がありませんでした',
  tills_wave: '第{n}段階：', tills_wave_pilots: '選ばれたレジ', tills_wave_share: '全レジの{percent}', tills_wave_all: 'すべてのレジ', tills_wave_done: '・完了', tills_wave_now: '・現在', tills_wave_later: '・これから',
  tills_have: '{all}台中{n}台が受け取り済み', tills_stand_has: '受け取り済み', tills_stand_refused: '拒否', tills_stand_waiting: 'まだ', tills_stand_later: 'これから',
  tills_halt: '停止する', tills_resume: '再開する', tills_advance: '次の段階を始める', tills_ask_halt: 'これ以上のレジには配信されません。受け取ったレジはそのまま使います。',
  tills_ask_resume: '拒否したレジを除いて、停止したところから再開します。', tills_ask_advance: '前のレジを待たずに、次のレジに今すぐ配信します。',
  tills_versions: 'バージョン', tills_pack: 'ルールの種類', tills_number: 'バージョン', tills_changed: 'ルール', tills_out: '範囲',
  tills_frame: '店舗または設定', tills_rule_added: '追加', tills_rule_changed: '変更', tills_rule_removed: '削除', tills_more: 'ほか{n}件', tills_program: 'プログラム',
  tills_out_done: 'すべてのレジ', tills_out_running: '第{n}段階（全{all}段階）', tills_out_halted: '第{n}段階で停止（全{all}段階）', tills_out_superseded: '第{n}段階の途中で新しい版に置き換え（全{all}段階）',
  tills_back: 'この版に戻す', tills_back_title: 'バージョン {version} に戻す', tills_back_text: '当時のルールが、今日の商品と価格とともに新しいバージョンとして、すべてのレジにすぐ配信されます。同じ方法でまた戻せます。',
  tills_back_done: 'バージョン {old} の内容をバージョン {version} として再び公開しました。',
};
