import type { Message } from '../../../../../../sdk/js/shared/i18n';
import type { en } from './en';

export const ja: Record<keyof typeof en, Message> = {
  more_then: '版 {version} のルール', more_then_text: '現在公開中の内容と並べています。', more_column: '版 {version}', more_close: '閉じる', more_take_back: 'この内容に戻す',
  more_same: '現在公開中の内容と同じです。', more_replaces: '{who} の下書きと置き換わります。', more_scheduled: 'このルールの変更が予約されています。先に差し戻してください。',
  more_goes: '理由とともに下書きになり、承認と公開のあとでレジに届きます。', more_late: 'その間に誰かがルールを変更しました。もう一度確認してから戻してください。',
  // one field of several
  more_change: { other: '{count} 件のルールを変更' }, more_drafts: 'それぞれに下書きができます。公開はされません。', more_field: '項目', more_value: '新しい値', more_keep: '下書きを保存',
  more_between: '{least} から {most} までの整数', more_no_end: '空欄なら最終日なし。', more_left: { other: '{count} 件のルールはそのままです：' },
  more_not_yours: '編集する権限がありません', more_archived: '保管済み、または保管予定です', more_begins_later: 'その日より後に始まります', more_changed: 'その間に誰かが変更しました。開いて確認してください',
  more_done: { other: '{count} 件のルールに下書きができました。' }, more_already: { other: '{count} 件はすでにその値でした。' },
  // how a publication goes out
  'rules.out_title': '配信のしかた', 'rules.out_once': 'すべてのレジへ一度に', 'rules.out_waves': '段階的に：まず少数のレジへ', 'rules.out_waves_hint': '新しいルールは、使う前にレジごとに試験します。拒否するレジや応答のないレジがあれば、ほかのレジには配信しません。',
  'rules.out_pilots': '最初に配信するレジ', 'rules.out_find': 'レジを探す', 'rules.out_chosen': '{count}台を選択', 'rules.out_share': '次に配信する割合', 'rules.out_share_hint': 'いつも同じレジです。空欄なら省きます。',
  'rules.out_then': '最後にすべてのレジへ。', 'rules.out_next': '次の段階への進み方', 'rules.out_by_report': '自動：この段階のすべてのレジが新しいルールを使い始めたら', 'rules.out_by_command': '手動：「レジ」の画面で次へ進める',
  'rules.out_wait': '応答がなければ停止するまでの時間', 'rules.out_minutes': '分', 'rules.out_first_missing': '最初に配信するレジか割合を選んでください', 'rules.out_between': '1～{most}の整数',
  'rules.out_ends': 'バージョン {version} はまだ配信中です。今回の公開に置き換わります。配信済みのレジは、今回のものが届くまでそのまま使います。',
  // what became of the baskets of a replay
  'rules.replay_days': '{from}から{to}までのかご', 'rules.replay_runs': 'かごを調べています', 'rules.replay_mend': '先にルールの誤りを直してください。', 'rules.replay_stale': 'その後ルールが変わりました。もう一度お試しください。', 'rules.replay_span': '開始日から終了日まで31日以内で選んでください。',
  'rules.replay_stop': '中止', 'rules.replay_stopped': '{of}件中{done}件で中止しました。ここまでの結果です。', 'rules.replay_days_aside': 'ルールの期間はここでは見ません。ほかの日のかごだからです。',
  'rules.replay_prompted': 'おすすめしたはずのかご', 'rules.replay_already': 'すでに買われていた', 'rules.replay_not': '当てはまらない: {what}', 'rules.replay_lost': 'ほかのルールが優先: {rule}',
  'rules.replay_silent': 'おすすめをしない会計', 'rules.replay_all': 'すべてのかご', 'rules.replay_estimate': '販売増の見込み {adds}、粗利 {margin}。',
  'rules.replay_guess': '見込みによる推定です。本当の効果は比較用のかごで分かります。', 'rules.replay_measured': '公開中のルールの直近90日間のリフトによる見積もりです。', 'rules.replay_held': '比較用のかご: おすすめしなかったはず',
  'rules.replay_found': 'このかごでは{found}', 'rules.replay_first': '{all}件中、最初の{first}件', 'rules.replay_moment': 'おすすめする場所と時',
};
