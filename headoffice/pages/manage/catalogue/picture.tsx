// The picture of a product: dropped, made small, uploaded, looked at.
import { useState } from 'preact/hooks';

import { Notice } from '../parts';
import { told } from '../sign_in';
import { Drop } from './drop';
import { type Pictures, picture_address, put_picture } from './model';
import { shrink, Unfit } from './shrink';
import { say } from './words';

export function Chosen({ pack, pictures, name, wrong, choose }: { pack: string; pictures: Pictures; name: string; wrong: boolean; choose: (pictures: Pictures) => void }) {
  const [busy, set_busy] = useState(false);
  const [trouble, set_trouble] = useState<string>();
  const [ready, set_ready] = useState(false);
  const take = async (file: File) => {
    set_busy(true);
    set_trouble(undefined);
    set_ready(false);
    try {
      const { large, small } = await shrink(file);
      await put_picture(pack, large.digest, large.blob);
      await put_picture(pack, small.digest, small.blob);
      choose({ small: small.digest, large: large.digest });
      set_ready(true);
    } catch (error) {
      set_trouble(error instanceof Unfit ? say(error.trouble) : told(error));
    } finally {
      set_busy(false);
    }
  };
  const [small, large] = [picture_address(pictures.small), picture_address(pictures.large ?? pictures.small)];
  return <fieldset class="photo" aria-invalid={wrong || trouble !== undefined}><legend>{say('picture')}</legend>
    {large && <div class="looks"><img class="large" src={large} alt={name} />{small && <img class="small" src={small} alt="" />}</div>}
    <Drop label={say('picture')} text={say('picture_drop')} button={say('picture_choose')} hint={say('picture_hint')} accept="image/png,image/jpeg,image/webp,image/avif,image/gif" take={(file) => void take(file)} />
    {busy && <p class="quiet" role="status">{say('picture_busy')}</p>}
    {ready && !busy && <p class="quiet" role="status">{say('picture_ready')}</p>}
    {trouble && <Notice bad>{trouble}</Notice>}
    {large && <button type="button" class="plain" onClick={() => { set_ready(false); choose({}); }}>{say('picture_remove')}</button>}
  </fieldset>;
}
