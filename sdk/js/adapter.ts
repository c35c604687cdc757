/**
 * The host's side of a framed strip or panel, for POS systems that are web pages. One script, no dependency:
 *
 *   <script src="adapter.js"></script>   <!-- the agent's /assets/adapter.js, saved on your own site -->
 *   const strip = sidedish.dock(element, { agent: 'http://127.0.0.1:7410', lane: '1', add: async (prompt) => { ... } });
 *
 * It makes the frame, hands it the function keys it could not see, calls the host's functions for what people answered, and
 * reports back whether that worked. It never takes the focus and never throws into the host. See Options for the functions.
 */
import { dock } from './dock';

const place = globalThis as { sidedish?: object };
place.sidedish = { ...place.sidedish, dock };
