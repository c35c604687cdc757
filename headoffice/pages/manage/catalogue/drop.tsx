// A place to drop a file on, or to choose one by keyboard.
import { useRef, useState } from 'preact/hooks';

interface Props { label: string; text: string; button: string; accept: string; take: (file: File) => void; hint?: string }

export function Drop({ label, text, button, accept, take, hint }: Props) {
  const [over, set_over] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const first = (files: FileList | null | undefined) => { if (files?.[0]) take(files[0]); };
  return <div class={over ? 'drop over' : 'drop'} role="group" aria-label={label}
    onDragOver={(event) => { event.preventDefault(); set_over(true); }} onDragLeave={() => set_over(false)}
    onDrop={(event) => { event.preventDefault(); set_over(false); first(event.dataTransfer?.files); }}>
    <p>{text} <button type="button" class="plain" onClick={() => input.current?.click()}>{button}</button></p>
    {hint && <p class="quiet">{hint}</p>}
    <input ref={input} type="file" accept={accept} hidden aria-label={label} onChange={(event) => { first(event.currentTarget.files); event.currentTarget.value = ''; }} />
  </div>;
}
