/** A store's own colours and faces: custom properties of tokens.css, by name; anything else is left out. */
export function use_theme(theme: Record<string, string> | undefined): void {
  for (const [name, value] of Object.entries(theme ?? {})) {
    if (/^--sd-[a-z-]+$/.test(name)) document.documentElement.style.setProperty(name, value);
  }
}
