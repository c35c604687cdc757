import { useState } from 'preact/hooks';

interface Props { source: string | undefined; name: string; class?: string; decorative?: boolean }

/** A product's picture; while it is not there or broken, a tile with the name. Same place, same size. */
export function Picture({ source, name, class: extra = '', decorative = false }: Props) {
  const [broken, set_broken] = useState<string>();
  if (source && source !== broken) {
    return <img class={`picture ${extra}`} src={source} alt={decorative ? '' : name} draggable={false} onError={() => set_broken(source)} />;
  }
  return <span class={`picture tile ${extra}`} aria-hidden={decorative}>{name}</span>;
}
