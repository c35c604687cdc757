// Fetched when it is first asked for, as one file.
export { Conflict } from '../conflict';
export { Publish } from '../publish';
export { Old } from './old';
export { Outcome } from './outcome';
export { Several } from './several';
