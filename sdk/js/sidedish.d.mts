export * from './sidedish.js';
