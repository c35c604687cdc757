import { ja as common } from '../messages/ja';
import { ja as rules } from '../rules/messages/ja';
import { ja as tills } from '../tills/messages/ja';

export const words = { ...common, ...rules, ...tills };
