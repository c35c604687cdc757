// A picture becomes 480 and 64 pixels here, so that head office never decodes one.
export interface Small { blob: Blob; digest: string }
export type Trouble = 'picture_none' | 'picture_svg' | 'picture_large';
export class Unfit extends Error {
  constructor(readonly trouble: Trouble) { super(trouble); }
}

async function drawn(picture: ImageBitmap, side: number, most: number): Promise<Small> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext('2d');
  if (!pen) throw new Unfit('picture_none');
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  for (const quality of [0.86, 0.75, 0.6, 0.45, 0.3]) {
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/webp', quality));
    if (!blob || blob.size > most) continue;
    const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer()));
    return { blob, digest: [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
  }
  throw new Unfit('picture_large');
}

/** For 480 px at most 60 KiB, for 64 px at most 6 KiB; throws Unfit. */
export async function shrink(file: File): Promise<{ large: Small; small: Small }> {
  if (/svg/i.test(file.type) || /\.svg$/i.test(file.name)) throw new Unfit('picture_svg');
  const picture = await createImageBitmap(file).catch(() => { throw new Unfit('picture_none'); });
  try {
    return { large: await drawn(picture, 480, 60 * 1024), small: await drawn(picture, 64, 6 * 1024) };
  } finally {
    picture.close();
  }
}
