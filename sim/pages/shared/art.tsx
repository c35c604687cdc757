import { useMemo } from 'preact/hooks';

/** One of our own drawings. */
export function Art({ svg, class: extra = '' }: { svg: string; class?: string }) {
  const html = useMemo(() => ({ __html: svg }), [svg]);
  return <span class={`art ${extra}`} aria-hidden="true" dangerouslySetInnerHTML={html} />;
}
export const as_blob = (svg: string): Blob => new Blob([svg], { type: 'image/svg+xml' });
