import type { Message } from '../../../../../sdk/js/shared/i18n';
import type { Messages } from '../words';

/** Arabic has a form for none, one, two, few, many and the rest. */
const forms = (zero: string, one: string, two: string, few: string, other: string): Message => ({ zero, one, two, few, many: other, other });

export const ar: Messages = {
  title: 'المنتجات', pack: 'منتجات', nothing: 'لم يُنشر شيء هنا بعد. تأتي المنتجات أول مرة بالأمر: sidedish-headoffice publish.',
  count: forms('لا منتجات', 'منتج واحد', 'منتجان', '{count} منتجات', '{count} منتجًا'), waits: 'هناك تغييرات تنتظر النشر القادم.', all_out: 'كل شيء منشور.',
  edit_short: 'تعديل', search: 'الاسم أو رمز المنتج أو الباركود', search_hint: 'اكتب أو امسح؛ المفتاح "/" ينقلك إلى هنا.', new_product: 'منتج جديد', import_csv: 'استيراد CSV', export_csv: 'تصدير CSV',
  picture: 'الصورة', product: 'المنتج', category: 'الفئة', price: 'السعر', cost: 'التكلفة', stock: 'المخزون', more: 'عرض المزيد',
  none_found: 'لا منتج بهذا الاسم. ابحث ببداية كلمة أو برمز المنتج أو بالباركود.', found: forms('لا نتائج', 'وُجد منتج واحد', 'وُجد منتجان', 'وُجدت {count} منتجات', 'وُجد {count} منتجًا'), found_more: 'وُجد أكثر من {count} منتج',
  stock_in: 'متوفر', stock_low: 'كمية قليلة', stock_out: 'نفد', hidden: 'مخفي', restricted: 'مقيَّد',
  edit: 'تعديل {product}', edit_title: 'تعديل منتج', add_title: 'منتج جديد', key: 'مفتاح المنتج', key_hint: 'كما يسميه الصندوق: sku: أو gtin: أو plu: أو name: ثم الرمز', name_in: 'الاسم ({language})', name_hint: 'من 1 إلى 100 حرف',
  cost_hint: 'فارغ: غير معروفة', tax_class: 'فئة الضريبة', barcodes: 'الباركود والرموز الأخرى', barcodes_hint: 'رمز واحد في كل سطر', tags: 'الوسوم', list_hint: 'مفصولة بفواصل',
  allergens: 'مسببات الحساسية', allergens_unknown: 'غير معروفة: لا يُقترح أبدًا على من يتجنب شيئًا', allergens_none: 'لا يحتوي على أي منها', allergens_some: 'يحتوي على هذه', allergens_list: 'ما يحتوي عليه',
  diets: 'يناسب هذه الأنظمة الغذائية', flag_hidden: 'مخفي: لا يُقترح أبدًا', flag_restricted: 'مقيَّد: يُقترح حيث يسمح القانون فقط', why: 'السبب', save: 'حفظ', cancel: 'إلغاء', saved: 'حُفظ {product}. يصل إلى الصناديق مع النشر القادم.',
  choose_category: 'اختر فئة', need_name: 'اسم بلغة واحدة على الأقل', need_price: 'مبلغ مثل {sample}', need_category: 'إحدى الفئات', need_key: 'مفتاح مثل sku:4711',
  typed_about: 'غيّرت {product} ولم تحفظه.', typed_new: 'كتبت عن منتج جديد ولم تحفظه.', typed_open: 'افتحه',
  field: 'الحقل', yours: 'نسختك', theirs: 'نسخته', take_theirs: 'اعتماد نسخته',
  conflict: 'غيّر شخص آخر هذا المنتج في الوقت نفسه', conflict_text: 'ما غيّره أحدكما وحده يؤخذ كما هو. وما غيّره كلاكما فاختر فيه. لا يُحفظ شيء قبل ذلك.', was: 'قبل', choose_one: 'اختر واحدًا', keep_chosen: 'حفظ المختار',
  remove: 'حذف', remove_title: 'حذف {product}؟', remove_text: 'يختفي من الصناديق مع النشر القادم. لإبقائه دون اقتراحه اختر «مخفي».', removed: 'حُذف {product}.', undo: 'تراجع', why_undo: 'تراجع فوري', taken_back: 'عاد كما كان.',
  still_used: 'لم يُحذف: ما زال مطلوبًا. عدّل هذه أولًا:', used_rule: '(قاعدة)', used_draft: '(مسودة قاعدة)', used_set: '(مجموعة منتجات)', used_substitute: '(يسميه بديلًا)',
  picture_drop: 'اسحب صورة إلى هنا أو', picture_choose: 'اختر ملفًا', picture_hint: 'تُصغَّر هنا إلى 480 و64 بكسل.', picture_remove: 'إزالة الصورة', picture_busy: 'جارٍ التصغير …', picture_ready: 'الصورة جاهزة.',
  picture_none: 'هذا الملف ليس صورة يعرفها المتصفح. تصلح JPEG وPNG وWebP.', picture_svg: 'ملفات SVG برامج وليست صورًا: استخدم JPEG أو PNG أو WebP.', picture_large: 'لا تصغر هذه الصورة بما يكفي. استخدم صورة أبسط.',
  import_title: 'استيراد المنتجات من ملف CSV', import_text: 'لا يتغير شيء قبل أن ترى ما سيتغير. يسمّي السطر الأول الأعمدة: key وname:ar وcategory وprice وcost وstock وbarcodes وtags وallergens وdiets وtax_class وsubstitutes وrestricted وhidden. ما لا عمود له يبقى كما هو.',
  file: 'ملف CSV', file_drop: 'اسحب الملف إلى هنا أو', decimals: 'المبالغ في الملف', check: 'فحص الملف', checking: 'جارٍ القراءة …', no_file: 'اختر ملفًا أولًا',
  report: 'ما سيغيّره {file}', rows_new: 'جديد', rows_changed: 'متغيّر', rows_unchanged: 'كما هو', rows_refused: 'مرفوض', line: 'السطر', what_changes: 'ما يتغير', what_is_wrong: 'الخطأ',
  change_of: '{column}: {from} ← {to}', set_to: '{column}: {to}', nothing_word: 'لا شيء', unused: 'أعمدة لا تُستخدم: {columns}.', rows_none: 'لا سطر من هذا النوع.', nothing_to_do: 'لا شيء في هذا الملف يحتاج إلى تغيير.',
  refused_stay: forms('لا أسطر مرفوضة.', 'سطر واحد مرفوض ويبقى خارجًا. صحّحه في الملف ثم استورده متى شئت.', 'سطران مرفوضان يبقيان خارجًا. صحّحهما في الملف ثم استورده متى شئت.', '{count} أسطر مرفوضة تبقى خارجًا. صحّحها في الملف ثم استورده متى شئت.', '{count} سطرًا مرفوضًا يبقى خارجًا. صحّحها في الملف ثم استورده متى شئت.'),
  apply: forms('لا تغييرات', 'تطبيق تغيير واحد', 'تطبيق تغييرين', 'تطبيق {count} تغييرات', 'تطبيق {count} تغييرًا'), other_file: 'ملف آخر', again: 'فحص من جديد', back: 'العودة إلى المنتجات', applied: '{new} جديد و{changed} متغيّر. تصل إلى الصناديق مع النشر القادم.',
  import_stale: 'تغيّرت المنتجات منذ فحص الملف. لم يُطبَّق شيء: افحصه من جديد.', import_over: 'هذا التقرير قديم. افحص الملف من جديد.',
  bad_utf8: 'السطر {line} ليس UTF-8. احفظ الملف من جدولك بصيغة "CSV UTF-8".', bad_columns: 'يجب أن يسمّي السطر الأول الأعمدة ومنها "key"، كلًّا مرة واحدة.', bad_file: 'لا يُقرأ الملف من السطر {line}: {detail}', bad_type: 'هذا ليس ملف CSV أو أنه أكبر من 32 ميغابايت.',
  wrong: '{column}: {found} ليس {expected}', wrong_empty: '{column}: المطلوب هنا {expected}', wrong_row: 'المطلوب هنا {expected}',
  x_amount: 'مبلغًا مثل {sample}', x_stock: 'in أو low أو out', x_yes: 'yes أو no', x_category: 'معرّف فئة', x_key: 'رمزًا ليس لمنتج آخر', x_product: 'مفتاح منتج آخر', x_name: 'من 1 إلى 100 حرف بلا < و>', x_text: 'حروفًا وأرقامًا ونقاطًا وشرطات', x_missing: 'قيمة', x_repeated: 'منتجًا يرد مرة واحدة في الملف', x_cells: 'عدد الخلايا كما في السطر الأول', x_admin: 'تغييرًا من مدير',
};
