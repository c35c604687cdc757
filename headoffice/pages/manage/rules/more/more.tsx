// Fetched when it is first asked for, as one file.
export { Publish } from '../publish';
export { Old } from './old';
export { Several } from './several';
