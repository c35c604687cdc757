// The demo till's own words; the strip's are its own.
export interface Words {
  all_demos: string; language: string; scan: string; hint: string; nothing: string; sold_out: string; products: string; categories: string; basket: string;
  next: string; comes_back: string; suggested: string; meal: string; more: string; less: string; actions: string; pay: string; give_back: string; hold: string;
  resume: string; return: string; age_check: string; complaint: string; manager: string; void_last: string; payment: string; to_pay: string; to_give_back: string;
  card: string; cash: string; back: string; paid: string; on_receipt: string; no_permission: string; no_agent: string;
}

export const words: Record<string, Words> = {
  en: {
    all_demos: 'All demos', language: 'Language', scan: 'Scan or type', hint: 'a name', nothing: 'Nothing goes by “{text}”', sold_out: 'Sold out',
    products: 'Products', categories: 'Categories', basket: 'Basket', next: 'Next customer, please', comes_back: 'Scan what comes back', suggested: 'suggested', meal: 'meal',
    more: 'One more', less: 'One less', actions: 'Actions', pay: 'Pay', give_back: 'Give back', hold: 'Hold', resume: 'Resume', return: 'Return', age_check: 'Age check',
    complaint: 'Complaint', manager: 'Manager', void_last: 'Void last', payment: 'Payment', to_pay: 'to pay', to_give_back: 'to give back', card: 'Card', cash: 'Cash',
    back: 'Back to the basket', paid: 'Paid {total}. Thank you.', on_receipt: 'On the receipt',
    no_permission: 'This browser keeps pages from the till’s own agent (local network permission): no suggestions', no_agent: 'No suggestions: the agent does not answer',
  },
  de: {
    all_demos: 'Alle Demos', language: 'Sprache', scan: 'Scannen oder tippen', hint: 'ein Name', nothing: 'Nichts heißt „{text}“', sold_out: 'Ausverkauft',
    products: 'Artikel', categories: 'Kategorien', basket: 'Korb', next: 'Der Nächste, bitte', comes_back: 'Scannen, was zurückkommt', suggested: 'vorgeschlagen', meal: 'Menü',
    more: 'Eins mehr', less: 'Eins weniger', actions: 'Aktionen', pay: 'Bezahlen', give_back: 'Auszahlen', hold: 'Parken', resume: 'Weiter', return: 'Rückgabe', age_check: 'Alter prüfen',
    complaint: 'Beschwerde', manager: 'Leitung', void_last: 'Storno', payment: 'Zahlung', to_pay: 'zu zahlen', to_give_back: 'auszuzahlen', card: 'Karte', cash: 'Bar',
    back: 'Zurück zum Korb', paid: '{total} bezahlt. Vielen Dank.', on_receipt: 'Auf dem Bon',
    no_permission: 'Dieser Browser lässt Seiten nicht zum Agenten der Kasse (Berechtigung „lokales Netzwerk“): keine Vorschläge', no_agent: 'Keine Vorschläge: der Agent antwortet nicht',
  },
  ar: {
    all_demos: 'كل العروض', language: 'اللغة', scan: 'امسح أو اكتب', hint: 'اسم', nothing: 'لا شيء باسم «{text}»', sold_out: 'نفد',
    products: 'الأصناف', categories: 'الفئات', basket: 'السلة', next: 'الزبون التالي، تفضّل', comes_back: 'امسح ما يُعاد', suggested: 'مقترح', meal: 'وجبة',
    more: 'واحد آخر', less: 'أقل بواحد', actions: 'الإجراءات', pay: 'الدفع', give_back: 'ردّ المبلغ', hold: 'تعليق', resume: 'استئناف', return: 'إرجاع', age_check: 'التحقق من العمر',
    complaint: 'شكوى', manager: 'المدير', void_last: 'إلغاء الأخير', payment: 'الدفع', to_pay: 'المطلوب دفعه', to_give_back: 'المطلوب ردّه', card: 'بطاقة', cash: 'نقدًا',
    back: 'العودة إلى السلة', paid: 'دُفع {total}. شكرًا.', on_receipt: 'على الإيصال',
    no_permission: 'هذا المتصفح يمنع الصفحات من وكيل الصندوق (إذن الشبكة المحلية): لا اقتراحات', no_agent: 'لا اقتراحات: الوكيل لا يجيب',
  },
  ja: {
    all_demos: 'デモ一覧', language: '言語', scan: 'スキャンまたは入力', hint: '商品名', nothing: '「{text}」は見つかりません', sold_out: '売り切れ',
    products: '商品', categories: 'カテゴリー', basket: 'お買い物', next: '次のお客様どうぞ', comes_back: '返品をスキャン', suggested: 'おすすめ', meal: 'セット',
    more: 'もう1つ', less: '1つ減らす', actions: '操作', pay: '会計', give_back: '返金', hold: '保留', resume: '再開', return: '返品', age_check: '年齢確認',
    complaint: '苦情', manager: '責任者', void_last: '直前取消', payment: '会計', to_pay: 'お支払い金額', to_give_back: '返金額', card: 'カード', cash: '現金',
    back: '明細に戻る', paid: '{total} お支払い済み。', on_receipt: 'レシートの一言',
    no_permission: 'このブラウザーはレジのエージェントへの接続を許可していません（ローカルネットワーク権限）：おすすめなし', no_agent: 'おすすめなし：エージェントが応答しません',
  },
};
