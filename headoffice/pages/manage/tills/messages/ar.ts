import type { Message } from '../../../../../sdk/js/shared/i18n';
import type { en } from './en';
export const ar: Record<keyof typeof en, Message> = {
  tills_fine: 'السليم: {n} من {all}', tills_needed: 'السليم: {n} من {all}، ويحتاج إلى عناية: {bad}', tills_only: 'ما يحتاج إلى عناية فقط', tills_none_bad: 'لا شيء هنا يحتاج إلى عناية.',
  tills_till: 'الصندوق', tills_seen: 'آخر اتصال', tills_rules: 'القواعد', tills_pending: 'بانتظار الإرسال', tills_pictures: 'الصور', tills_clock: 'الساعة',
  tills_version: 'الإصدار {version}', tills_other_rules: 'ليست من هنا', tills_may: 'سيحصل على {version}', tills_of: '{n} من {all}',
  tills_clock_right: 'صحيحة', tills_clock_ahead: 'متقدمة {time}', tills_clock_behind: 'متأخرة {time}', tills_clock_wrong: 'ساعته خاطئة: أوقات القواعد وتواريخها خاطئة عليه',
  tills_state_never: 'لم يتصل قط', tills_state_silent: 'صامت', tills_state_refused: 'رفض القواعد الجديدة', tills_state_alarm: 'يحتاج إلى نظرة', tills_state_behind: 'يستلم قواعد جديدة', tills_state_fine: 'سليم',
  tills_refused: 'لم تجتز القواعد الجديدة اختباره: يواصل بالسابقة', tills_aside: 'تقارير وُضعت جانبًا لأن المركز لم يقبلها: {n}',
  tills_alarm_disk_full: 'قرصه ممتلئ: التقارير تنتظر في الذاكرة', tills_alarm_outbox_degraded: 'قرصه لا يكتب: التقارير تنتظر في الذاكرة', tills_alarm_draining: 'لا يمكن قراءة تقارير أحد برامج الصندوق',
  tills_alarm_reporting: 'المركز لا يقبل تقاريره', tills_alarm_no_rules: 'لا قواعد لديه: لا يُقترح شيء', tills_alarm_rules: 'لم تصل القواعد الجديدة', tills_alarm_overlay: 'لم تصل الإيقافات والأسعار',
  tills_alarm_pictures: 'الصور لا تصل', tills_alarm_clock_unset: 'لم تُضبط ساعته قط',
  tills_rollout: 'قواعد جديدة في الطريق: الإصدار {version} من {pack}', tills_running: 'في الطريق', tills_halted: 'متوقف',
  tills_why_refused: 'رفضها {terminal}: {why}', tills_why_silent: 'صناديق لم تُبلّغ في الوقت المحدد: {n}، منها {terminal}',
  tills_wave: 'الموجة {n}:', tills_wave_pilots: 'صناديق مختارة', tills_wave_share: '{percent} من كل الصناديق', tills_wave_all: 'كل الصناديق', tills_wave_done: '· انتهت', tills_wave_now: '· الآن', tills_wave_later: '· لاحقًا',
  tills_have: 'لديها القواعد: {n} من {all}', tills_stand_has: 'لديه القواعد', tills_stand_refused: 'رفضها', tills_stand_waiting: 'ليس بعد', tills_stand_later: 'لاحقًا',
  tills_halt: 'إيقاف', tills_resume: 'متابعة', tills_advance: 'بدء الموجة التالية', tills_ask_halt: 'لن يحصل عليها صندوق آخر. ومن لديه القواعد يحتفظ بها.',
  tills_ask_resume: 'تتابع من حيث توقفت، دون الصناديق التي رفضتها.', tills_ask_advance: 'تحصل عليها الصناديق التالية الآن، دون انتظار السابقة.',
  tills_versions: 'الإصدارات', tills_pack: 'قواعد', tills_number: 'الإصدار', tills_changed: 'القواعد', tills_out: 'أين',
  tills_frame: 'المتاجر أو الإعدادات', tills_rule_added: 'جديدة', tills_rule_changed: 'معدّلة', tills_rule_removed: 'محذوفة', tills_more: 'وغيرها: {n}', tills_program: 'برنامج',
  tills_out_done: 'في كل مكان', tills_out_running: 'في الموجة {n} من {all}', tills_out_halted: 'متوقف في الموجة {n} من {all}', tills_out_superseded: 'جاء إصدار لاحق قبل انتهاء الموجة {n} من {all}',
  tills_back: 'العودة إلى هذا', tills_back_title: 'العودة إلى الإصدار {version}', tills_back_text: 'تُنشر قواعد ذلك الوقت مرة أخرى كإصدار جديد، بمنتجات اليوم وأسعاره، لكل الصناديق فورًا. ويمكنك الرجوع بالطريقة نفسها.',
  tills_back_done: 'نُشر الإصدار {old} من جديد، وهو الآن الإصدار {version}.',
};
