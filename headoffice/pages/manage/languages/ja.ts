import { ja as common } from '../messages/ja';
import { ja as rules } from '../rules/messages/ja';

export const words = { ...common, ...rules };
