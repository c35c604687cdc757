import { ar as common } from '../messages/ar';
import { ar as rules } from '../rules/messages/ar';

export const words = { ...common, ...rules };
