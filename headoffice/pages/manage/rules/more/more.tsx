// Fetched when it is first asked for, as one file.
export { Conflict } from '../conflict';
export { Publish } from '../publish';
export { Old } from './old';
export { Run } from './run';
export { Several } from './several';
