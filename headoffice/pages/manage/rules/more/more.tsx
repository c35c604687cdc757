// Fetched when it is first asked for, as one file. The page of stores is made of the same parts: in a file of its own it would cut what they
// share into more files, which the page of rules would pay for.
export { default as Stores } from '../../stores/page';
export { Conflict } from '../conflict';
export { Publish } from '../publish';
export { Old } from './old';
export { Run } from './run';
export { Several } from './several';
