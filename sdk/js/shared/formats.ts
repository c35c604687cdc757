// A language's own writers of numbers, days and lists. Making one costs as much as some hundred uses: each is made once.
function once<Options, Writer>(make: new (tag: string, options?: Options) => Writer): (tag: string, options?: Options) => Writer {
  const made = new Map<string, Writer>();
  return (tag, options) => {
    const name = tag + JSON.stringify(options ?? 0);
    const writer = made.get(name) ?? new make(tag, options);
    made.set(name, writer);
    return writer;
  };
}
export const number_format = once<Intl.NumberFormatOptions, Intl.NumberFormat>(Intl.NumberFormat);
export const date_format = once<Intl.DateTimeFormatOptions, Intl.DateTimeFormat>(Intl.DateTimeFormat);
export const plural_rules = once<Intl.PluralRulesOptions, Intl.PluralRules>(Intl.PluralRules);
export const list_format = once<Intl.ListFormatOptions, Intl.ListFormat>(Intl.ListFormat);
