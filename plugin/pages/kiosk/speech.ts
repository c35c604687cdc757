// Reading aloud by the browser's own voice.
import { signal } from '@preact/signals';

export const speaking = signal(false);

export function hush(): void {
  speaking.value = false;
  globalThis.speechSynthesis?.cancel();
}

/** Reads these sentences one after the other, in that language. */
export function read_aloud(sentences: string[], language: string): void {
  const voice = globalThis.speechSynthesis;
  if (!voice) return;
  voice.cancel();
  speaking.value = true;
  sentences.forEach((text, index) => {
    const said = new SpeechSynthesisUtterance(text);
    said.lang = language;
    if (index === sentences.length - 1) said.onend = () => { speaking.value = false; };
    voice.speak(said);
  });
}
