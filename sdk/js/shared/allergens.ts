// The allergens that a label must name in the EU, by the catalogue's words for them; another word is shown as it is.
const tags = ['en', 'de', 'ar', 'ja'];
const words: Record<string, readonly string[]> = {
  gluten: ['gluten', 'Gluten', 'الغلوتين', '小麦'],
  crustaceans: ['crustaceans', 'Krebstiere', 'القشريات', '甲殻類'],
  egg: ['egg', 'Ei', 'البيض', '卵'],
  fish: ['fish', 'Fisch', 'السمك', '魚'],
  peanut: ['peanut', 'Erdnuss', 'الفول السوداني', '落花生'],
  soy: ['soy', 'Soja', 'الصويا', '大豆'],
  milk: ['milk', 'Milch', 'الحليب', '乳'],
  nuts: ['nuts', 'Schalenfrüchte', 'المكسرات', 'ナッツ'],
  celery: ['celery', 'Sellerie', 'الكرفس', 'セロリ'],
  mustard: ['mustard', 'Senf', 'الخردل', 'マスタード'],
  sesame: ['sesame', 'Sesam', 'السمسم', 'ごま'],
  sulphites: ['sulphites', 'Sulfite', 'الكبريتيت', '亜硫酸塩'],
  lupin: ['lupin', 'Lupine', 'الترمس', 'ルピナス'],
  molluscs: ['molluscs', 'Weichtiere', 'الرخويات', '軟体動物'],
};

export const allergen = (word: string, language: string): string => words[word]?.[tags.indexOf(language)] ?? word;
