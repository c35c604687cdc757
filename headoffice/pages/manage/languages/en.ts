import { en as common } from '../messages/en';
import { en as rules } from '../rules/messages/en';

export const words = { ...common, ...rules };
