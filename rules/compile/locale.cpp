#include "rules/compile/locale.hpp"

#include "rules/base/text.hpp"

#include <chrono>
#include <iterator>

namespace sidedish::compile {
namespace {

using image::Plural;
using image::PluralClass;

constexpr std::string_view kNoBreak = "\u00a0";
constexpr std::string_view kToRight = "\u200f";  // a mark: what follows reads from the right

enum Family : unsigned {
  kOther,    // one class
  kOne,      // one: 1
  kZeroOne,  // one: 0 and 1
  kRomance,  // one: 1; many: whole millions
  kPolish,
  kCzech,
  kRussian,
  kArabic,
  kHebrew,
};

constexpr Plural clause(PluralClass form, std::uint32_t mod, std::uint32_t first,
                        std::uint32_t last, std::uint32_t except_mod = 0,
                        std::uint32_t except_first = 1, std::uint32_t except_last = 0) {
  return {mod, first, last, except_mod, except_first, except_last, static_cast<std::uint32_t>(form),
          0};
}

constexpr PluralClass kZeroC = PluralClass::zero, kOneC = PluralClass::one,
                      kTwoC = PluralClass::two, kFewC = PluralClass::few,
                      kManyC = PluralClass::many;
constexpr Plural kMillions = clause(kManyC, 1'000'000, 0, 0, 0, 0, 0);
constexpr Plural kOnePlural[] = {clause(kOneC, 0, 1, 1)};
constexpr Plural kZeroOnePlural[] = {clause(kOneC, 0, 0, 1), kMillions};
constexpr Plural kRomancePlural[] = {clause(kOneC, 0, 1, 1), kMillions};
constexpr Plural kPolishPlural[] = {clause(kOneC, 0, 1, 1), clause(kFewC, 10, 2, 4, 100, 12, 14),
                                    clause(kManyC, 1, 0, 0)};
constexpr Plural kCzechPlural[] = {clause(kOneC, 0, 1, 1), clause(kFewC, 0, 2, 4)};
constexpr Plural kRussianPlural[] = {clause(kOneC, 10, 1, 1, 100, 11, 11),
                                     clause(kFewC, 10, 2, 4, 100, 12, 14), clause(kManyC, 1, 0, 0)};
constexpr Plural kArabicPlural[] = {clause(kZeroC, 0, 0, 0), clause(kOneC, 0, 1, 1),
                                    clause(kTwoC, 0, 2, 2), clause(kFewC, 100, 3, 10),
                                    clause(kManyC, 100, 11, 99)};
constexpr Plural kHebrewPlural[] = {clause(kOneC, 0, 1, 1), clause(kTwoC, 0, 2, 2)};

constexpr std::span<const Plural> kFamilies[] = {
    {},           kOnePlural,     kZeroOnePlural, kRomancePlural, kPolishPlural,
    kCzechPlural, kRussianPlural, kArabicPlural,  kHebrewPlural};

constexpr LocaleData kRoot{"",    ".",    ",",
                           true,  true,   1,
                           false, kOther, "#/1|#/2|#/3|#/4|#/5|#/6|#/7|#/8|#/9|#/10|#/11|#/12"};
constexpr std::string_view kBritishMonths =
    "# Jan|# Feb|# Mar|# Apr|# May|# Jun|# Jul|# Aug|# Sept|# Oct|# Nov|# Dec";

// clang-format off
constexpr LocaleData kLocales[] = {
    {"en", ".", ",", true, false, 1, false, kOne,
     "Jan #|Feb #|Mar #|Apr #|May #|Jun #|Jul #|Aug #|Sep #|Oct #|Nov #|Dec #"},
    {"de", ",", ".", false, true, 1, false, kOne,
     "#. Jan.|#. Feb.|#. März|#. Apr.|#. Mai|#. Juni|#. Juli|#. Aug.|#. Sept.|#. Okt.|#. Nov.|#. Dez."},
    {"fr", ",", "\u202f", false, true, 1, false, kZeroOne,
     "# janv.|# févr.|# mars|# avr.|# mai|# juin|# juil.|# août|# sept.|# oct.|# nov.|# déc."},
    {"es", ",", ".", false, true, 2, false, kRomance,
     "# ene|# feb|# mar|# abr|# may|# jun|# jul|# ago|# sept|# oct|# nov|# dic"},
    {"it", ",", ".", false, true, 2, false, kRomance,
     "# gen|# feb|# mar|# apr|# mag|# giu|# lug|# ago|# set|# ott|# nov|# dic"},
    {"nl", ",", ".", true, true, 1, false, kOne,
     "# jan|# feb|# mrt|# apr|# mei|# jun|# jul|# aug|# sep|# okt|# nov|# dec"},
    {"pl", ",", "\u00a0", false, true, 2, false, kPolish,
     "# sty|# lut|# mar|# kwi|# maj|# cze|# lip|# sie|# wrz|# paź|# lis|# gru"},
    {"cs", ",", "\u00a0", false, true, 1, false, kCzech,
     "#. 1.|#. 2.|#. 3.|#. 4.|#. 5.|#. 6.|#. 7.|#. 8.|#. 9.|#. 10.|#. 11.|#. 12."},
    {"ru", ",", "\u00a0", false, true, 1, false, kRussian,
     "# янв.|# февр.|# мар.|# апр.|# мая|# июн.|# июл.|# авг.|# сент.|# окт.|# нояб.|# дек."},
    {"ar", ".", ",", false, false, 1, true, kArabic,
     "# يناير|# فبراير|# مارس|# أبريل|# مايو|# يونيو|# يوليو|# أغسطس|# سبتمبر|# أكتوبر|# نوفمبر|# ديسمبر"},
    {"ja", ".", ",", true, false, 1, false, kOther,
     "1月#日|2月#日|3月#日|4月#日|5月#日|6月#日|7月#日|8月#日|9月#日|10月#日|11月#日|12月#日"},
    {"zh", ".", ",", true, false, 1, false, kOther,
     "1月#日|2月#日|3月#日|4月#日|5月#日|6月#日|7月#日|8月#日|9月#日|10月#日|11月#日|12月#日"},
    {"tr", ",", ".", true, false, 1, false, kOne,
     "# Oca|# Şub|# Mar|# Nis|# May|# Haz|# Tem|# Ağu|# Eyl|# Eki|# Kas|# Ara"},
    {"he", ".", ",", false, false, 1, true, kHebrew,
     "# בינו׳|# בפבר׳|# במרץ|# באפר׳|# במאי|# ביוני|# ביולי|# באוג׳|# בספט׳|# באוק׳|# בנוב׳|# בדצמ׳"},
    {"pt", ",", ".", true, true, 1, false, kZeroOne,
     "# de jan.|# de fev.|# de mar.|# de abr.|# de mai.|# de jun.|# de jul.|# de ago.|# de set.|# de out.|# de nov.|# de dez."},
    {"sv", ",", "\u00a0", false, true, 1, false, kOne,
     "# jan.|# feb.|# mars|# apr.|# maj|# juni|# juli|# aug.|# sep.|# okt.|# nov.|# dec."},
    {"da", ",", ".", false, true, 1, false, kOne,
     "#. jan.|#. feb.|#. mar.|#. apr.|#. maj|#. jun.|#. jul.|#. aug.|#. sep.|#. okt.|#. nov.|#. dec."},
    {"nb", ",", "\u00a0", false, true, 1, false, kOne,
     "#. jan.|#. feb.|#. mars|#. apr.|#. mai|#. juni|#. juli|#. aug.|#. sep.|#. okt.|#. nov.|#. des."},
    {"fi", ",", "\u00a0", false, true, 1, false, kOne,
     "#.1.|#.2.|#.3.|#.4.|#.5.|#.6.|#.7.|#.8.|#.9.|#.10.|#.11.|#.12."},
    {"hu", ",", "\u00a0", false, true, 2, false, kOne,
     "jan. #.|febr. #.|márc. #.|ápr. #.|máj. #.|jún. #.|júl. #.|aug. #.|szept. #.|okt. #.|nov. #.|dec. #."},
    {"uk", ",", "\u00a0", false, true, 1, false, kRussian,
     "# січ.|# лют.|# бер.|# квіт.|# трав.|# черв.|# лип.|# серп.|# вер.|# жовт.|# лист.|# груд."},
    {"sk", ",", "\u00a0", false, true, 1, false, kCzech,
     "#. 1.|#. 2.|#. 3.|#. 4.|#. 5.|#. 6.|#. 7.|#. 8.|#. 9.|#. 10.|#. 11.|#. 12."},
    {"el", ",", ".", false, true, 1, false, kOne,
     "# Ιαν|# Φεβ|# Μαρ|# Απρ|# Μαΐ|# Ιουν|# Ιουλ|# Αυγ|# Σεπ|# Οκτ|# Νοε|# Δεκ"},
};
// clang-format on

struct Symbol {
  std::string_view code;
  std::string_view text;
  std::string_view language;  ///< empty: everywhere
};
// A currency's own language first.
constexpr Symbol kSymbols[] = {
    {"JPY", "JP¥", "ar"},
    {"CNY", "CN¥", "ar"},
    {"USD", "US$", "ar"},
    {"GBP", "UK£", "ar"},
    {"JPY", "\uffe5", "ja"},  // full width
    {"KWD", "د.ك.\u200f", "ar"},
    {"SAR", "ر.س.\u200f", "ar"},
    {"AED", "د.إ.\u200f", "ar"},
    {"BHD", "د.ب.\u200f", "ar"},
    {"QAR", "ر.ق.\u200f", "ar"},
    {"OMR", "ر.ع.\u200f", "ar"},
    {"JOD", "د.أ.\u200f", "ar"},
    {"MAD", "د.م.\u200f", "ar"},
    {"IQD", "د.ع.\u200f", "ar"},
    {"LYD", "د.ل.\u200f", "ar"},
    {"TND", "د.ت.\u200f", "ar"},
    {"DZD", "د.ج.\u200f", "ar"},
    {"EUR", "€", ""},
    {"USD", "$", ""},
    {"GBP", "£", ""},
    {"JPY", "¥", ""},
    {"CNY", "¥", ""},
    {"PLN", "zł", ""},
    {"CZK", "Kč", ""},
    {"RUB", "₽", ""},
    {"TRY", "₺", ""},
    {"ILS", "₪", ""},
    {"SEK", "kr", ""},
    {"DKK", "kr", ""},
    {"NOK", "kr", ""},
    {"HUF", "Ft", ""},
    {"RON", "lei", ""},
    {"INR", "₹", ""},
    {"KRW", "₩", ""},
    {"BRL", "R$", ""},
    {"UAH", "₴", ""},
    {"CAD", "$", ""},
    {"AUD", "$", ""},
    {"NZD", "$", ""},
    {"MXN", "$", ""},
};

// Where Arabic is written with its own digits.
constexpr std::string_view kArabicDigits = "EG SA KW IQ JO LB SY BH OM QA YE SD PS ";

std::string_view language_of(std::string_view tag) { return tag.substr(0, tag.find('-')); }

bool has_region(std::string_view tag, std::string_view regions) {
  const std::size_t dash = tag.find('-');
  if (dash == std::string_view::npos) return false;
  std::string_view rest = tag.substr(dash + 1);
  if (const std::size_t script = rest.find('-'); rest.substr(0, script).size() == 4) {
    rest = script == std::string_view::npos ? std::string_view{} : rest.substr(script + 1);
  }
  const std::string_view region = rest.substr(0, rest.find('-'));
  return region.size() == 2 && regions.find(region) != std::string_view::npos;
}

bool letter(std::string_view text) {
  const auto c = static_cast<unsigned char>(text.back());
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

void append_code(std::uint32_t c, std::string& out) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0U | c >> 6);
    out += static_cast<char>(0x80U | (c & 0x3FU));
  } else {
    out += static_cast<char>(0xE0U | c >> 12);
    out += static_cast<char>(0x80U | (c >> 6 & 0x3FU));
    out += static_cast<char>(0x80U | (c & 0x3FU));
  }
}

}  // namespace

const LocaleData& locale_data(std::string_view tag) {
  const std::string_view language = language_of(tag);
  for (const LocaleData& locale : kLocales) {
    if (locale.language == language) return locale;
  }
  return kRoot;
}

std::uint32_t zero_of(std::string_view tag) {
  if (tag.find("-u-nu-latn") != std::string_view::npos) return '0';
  const bool own = tag.find("-u-nu-arab") != std::string_view::npos ||
                   (language_of(tag) == "ar" && has_region(tag, kArabicDigits));
  return own ? 0x660 : '0';
}

std::string_view decimal_of(std::string_view tag) {
  return zero_of(tag) == '0' ? locale_data(tag).decimal : "\u066b";
}

std::string_view group_of(std::string_view tag) {
  return zero_of(tag) == '0' ? locale_data(tag).group : "\u066c";
}

std::string symbol_of(const Currency& currency, std::string_view tag) {
  for (const Symbol& symbol : kSymbols) {
    if (symbol.code == currency.text() &&
        (symbol.language.empty() || symbol.language == language_of(tag))) {
      return std::string(symbol.text);
    }
  }
  return std::string(currency.text());
}

Affixes affixes(const Currency& currency, std::string_view tag) {
  const LocaleData& locale = locale_data(tag);
  const std::string symbol = symbol_of(currency, tag);
  Affixes out;
  if (locale.symbol_first) {
    out.before = symbol;
    if (locale.space || letter(symbol)) out.before += kNoBreak;
    return out;
  }
  if (locale.right_to_left) out.before = kToRight;
  out.after = kNoBreak;
  if (locale.language == "he") out.after += kToRight;
  out.after += symbol;
  return out;
}

std::span<const Plural> plural_clauses(const LocaleData& locale) {
  return kFamilies[locale.family];
}

bool has_class(const LocaleData& locale, PluralClass cls) {
  if (cls == PluralClass::other) return true;
  for (const Plural& p : plural_clauses(locale)) {
    const bool millions = p.mod == kMillions.mod;
    if (p.form == static_cast<std::uint32_t>(cls) && !millions) return true;
  }
  return false;
}

std::string number_in(std::string_view tag, std::int64_t number) {
  std::string out;
  for (const char digit : std::to_string(number)) {
    append_code(zero_of(tag) + static_cast<std::uint32_t>(digit - '0'), out);
  }
  return out;
}

std::string date_in(std::string_view tag, std::int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  // British order wherever English is spoken outside America.
  const bool british = language_of(tag) == "en" && has_region(tag, "GB IE AU NZ ZA IN ");
  std::string_view months = british ? kBritishMonths : locale_data(tag).months;
  for (unsigned m = 1; m < unsigned{date.month()}; ++m) months.remove_prefix(months.find('|') + 1);
  months = months.substr(0, months.find('|'));
  std::string out;
  for (const char c : months) {
    if (c == '#') {
      out += number_in(tag, unsigned{date.day()});
    } else {
      out += c;
    }
  }
  return out;
}

std::size_t money_width(std::string_view tag, const Currency& currency, Minor amount) {
  const LocaleData& locale = locale_data(tag);
  const Affixes around = affixes(currency, tag);
  const std::size_t digits = std::to_string(amount).size();
  const std::size_t whole = digits > currency.exponent ? digits - currency.exponent : 1;
  const std::size_t groups = whole >= 3U + locale.group_from ? (whole - 1) / 3 : 0;
  return visible_characters(around.before) + visible_characters(around.after) + whole +
         currency.exponent + groups * visible_characters(locale.group) +
         (currency.exponent > 0 ? visible_characters(locale.decimal) : 0);
}

}  // namespace sidedish::compile
