// How the pictures are drawn: one light from the upper left, one soft shadow, few colours, no outline. 240 by 180.

export const picture = (body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 240 180">${body}</svg>`;

export const shadow = (cx: number, cy: number, rx: number, ry = rx / 7): string =>
  `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" fill="#3b1f0e" opacity=".16"/>`;

export const path = (d: string, fill: string, more = ''): string => `<path d="${d}" fill="${fill}" ${more}/>`;

export const line = (d: string, stroke: string, width: number, more = ''): string =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round" ${more}/>`;

export const ellipse = (cx: number, cy: number, rx: number, ry: number, fill: string, more = ''): string =>
  `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" fill="${fill}" ${more}/>`;

export const box = (x: number, y: number, w: number, h: number, r: number, fill: string, more = ''): string =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${r}" fill="${fill}" ${more}/>`;

export const group = (transform: string, body: string): string => `<g transform="${transform}">${body}</g>`;

/** Smaller or larger, standing on the same ground. */
export const scaled = (by: number, body: string): string => group(`translate(${120 * (1 - by)} ${158 * (1 - by)}) scale(${by})`, body);

/** A number between 0 and 1 that is always the same for the same n: crumbs fall where they fell. */
export const scatter = (n: number): number => {
  const x = Math.sin(n * 127.1 + 311.7) * 43758.5453;
  return x - Math.floor(x);
};
