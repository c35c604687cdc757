import { de as common } from '../messages/de';
import { de as rules } from '../rules/messages/de';

export const words = { ...common, ...rules };
