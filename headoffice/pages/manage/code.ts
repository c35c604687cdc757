// Scripts and words that are fetched when they are first needed, from a head office that may be away just then.
import { is_held } from './leave';

const kAnew = 'sidedish-loaded-anew';
const kPause = 60_000; // ms between two times without a known cause
let away = false;      // since the page stands

/** Most browsers remember that a script did not come and do not ask again as long as the page stands (HTML, "fetch a single module script"):
    when head office is there and it still does not come, the page is loaded anew. Not while something typed would be lost, nor over and over. */
export async function fetched<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (wrong) {
    if (!(await fetch('/healthz', { cache: 'no-store' }).then(({ ok }) => ok, () => false))) {
      away = true;
      throw wrong;
    }
    // It may have come back in between, to a browser that asks again.
    return load().catch(() => {
      const last = Number(sessionStorage.getItem(kAnew) ?? 0);
      if (!is_held() && (away || Date.now() - last > kPause)) {
        sessionStorage.setItem(kAnew, String(Date.now()));
        location.reload();
      }
      throw wrong;
    });
  }
}
