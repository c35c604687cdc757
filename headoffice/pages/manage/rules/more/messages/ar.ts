import type { Message } from '../../../../../../sdk/js/shared/i18n';
import type { en } from './en';

export const ar: Record<keyof typeof en, Message> = {
  more_then: 'القاعدة في الإصدار {version}', more_then_text: 'وبجانبها المنشور الآن.', more_column: 'الإصدار {version}', more_close: 'إغلاق', more_take_back: 'استرجاعها',
  more_same: 'هذا هو المنشور الآن.', more_replaces: 'تحل محل مسودة {who}.', more_scheduled: 'لهذه القاعدة تعديل مجدول: أعده أولًا.',
  more_goes: 'تصبح مسودة مع سببك، وتصل إلى الصناديق بعد الموافقة عليها ونشرها.', more_late: 'عدّل أحدهم القاعدة في هذه الأثناء. انظر مرة أخرى ثم استرجعها.',
  // one field of several
  more_change: { zero: 'تغيير القواعد', one: 'تغيير قاعدة واحدة', two: 'تغيير قاعدتين', few: 'تغيير {count} قواعد', many: 'تغيير {count} قاعدة', other: 'تغيير {count} قاعدة' }, more_drafts: 'تحصل كل قاعدة على مسودة بهذا. لا يُنشر شيء.', more_field: 'ماذا', more_value: 'القيمة الجديدة', more_keep: 'حفظ المسودات',
  more_between: 'عدد صحيح من {least} إلى {most}', more_no_end: 'فارغ: بلا يوم أخير.', more_left: { zero: 'لا قواعد تبقى كما هي:', one: 'قاعدة واحدة تبقى كما هي:', two: 'قاعدتان تبقيان كما هما:', few: '{count} قواعد تبقى كما هي:', many: '{count} قاعدة تبقى كما هي:', other: '{count} قاعدة تبقى كما هي:' },
  more_not_yours: 'لا يحق لك تعديلها', more_archived: 'مؤرشفة أو ستُؤرشف', more_begins_later: 'تبدأ بعد هذا اليوم', more_changed: 'عدّلها أحدهم في هذه الأثناء؛ افتحها لترى',
  more_done: { zero: 'لم تتغير أي قاعدة.', one: 'لقاعدة واحدة مسودة بهذا.', two: 'لقاعدتين مسودة بهذا.', few: 'لـ {count} قواعد مسودة بهذا.', many: 'لـ {count} قاعدة مسودة بهذا.', other: 'لـ {count} قاعدة مسودة بهذا.' }, more_already: { zero: 'ولا واحدة كانت كذلك.', one: 'واحدة كانت كذلك من قبل.', two: 'اثنتان كانتا كذلك من قبل.', few: '{count} كانت كذلك من قبل.', many: '{count} كانت كذلك من قبل.', other: '{count} كانت كذلك من قبل.' },
  // how a publication goes out
  'rules.out_title': 'كيف يخرج', 'rules.out_once': 'إلى كل الصناديق دفعة واحدة', 'rules.out_waves': 'على موجات: إلى صناديق قليلة أولًا',
  'rules.out_waves_hint': 'يختبر كل صندوق القواعد الجديدة قبل أن يستخدمها. إن رفضها صندوق أو لم يبلّغ بشيء فلا تصل إلى صندوق آخر.', 'rules.out_pilots': 'هذه الصناديق أولًا',
  'rules.out_find': 'ابحث عن صندوق', 'rules.out_chosen': 'المختار: {count}', 'rules.out_share': 'ثم نسبة من كل الصناديق', 'rules.out_share_hint': 'الصناديق نفسها دائمًا. فارغ: لا شيء.',
  'rules.out_then': 'ثم كل الصناديق.', 'rules.out_next': 'تبدأ الموجة التالية', 'rules.out_by_report': 'وحدها، حين يستخدم كل صندوق في الموجة القواعد الجديدة',
  'rules.out_by_command': 'حين يبدؤها أحد من صفحة «الصناديق»', 'rules.out_wait': 'يتوقف إذا لم يبلّغ صندوق بشيء لمدة', 'rules.out_minutes': 'دقيقة',
  'rules.out_first_missing': 'اختر صندوقًا أو نسبة للبداية', 'rules.out_between': 'عدد صحيح من 1 إلى {most}',
  'rules.out_ends': 'ما زال الإصدار {version} في الطريق. يحل هذا النشر محله: ما وصل إليه يبقى حتى يصل هذا.',
  // what became of the baskets of a replay
  'rules.replay_days': 'سلال من {from} إلى {to}', 'rules.replay_runs': 'جارٍ المرور على السلال', 'rules.replay_mend': 'أصلح أخطاء القاعدة أولًا.', 'rules.replay_stale': 'تغيرت القاعدة منذ ذلك الحين: جرّب ثانية.', 'rules.replay_span': 'اختر 31 يومًا على الأكثر، أولها قبل آخرها.',
  'rules.replay_stop': 'إيقاف', 'rules.replay_stopped': 'أُوقف بعد {done} من {of} سلة. هذا ما تقوله هذه السلال.', 'rules.replay_days_aside': 'لا تُحسب هنا أيام القاعدة نفسها: هذه السلال من أيام أخرى.',
  'rules.replay_prompted': 'كانت ستسأل', 'rules.replay_already': 'اشتُري على أي حال', 'rules.replay_not': 'لم يتحقق: {what}',
  'rules.replay_lost': 'قاعدة أخرى كانت أفضل: {rule}', 'rules.replay_silent': 'لا يُسأل شيء في مثل هذا البيع', 'rules.replay_all': 'كل السلال',
  'rules.replay_estimate': 'نحو {adds} مبيعًا إضافيًا، وهامش {margin}.', 'rules.replay_guess': 'تقدير مما خمّنته؛ ولا يقول الحقيقة إلا مجموعة المقارنة.',
  'rules.replay_measured': 'من الزيادة المقيسة للقاعدة المنشورة خلال آخر 90 يومًا.', 'rules.replay_held': 'في مجموعة المقارنة: لم تكن ستسأل',
  'rules.replay_found': 'هنا: {found}', 'rules.replay_first': 'أول {first} من {all}', 'rules.replay_moment': 'أين ومتى تسأل',
};
