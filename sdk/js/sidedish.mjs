// sidedish.js as a module, in browsers and in Node.
import './sidedish.js';

export const { connect, fromDouble } = globalThis.sidedish;
