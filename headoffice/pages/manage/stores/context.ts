// What every part of the page works on.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

import type { Pack } from '../rules/model';
import type { Editing } from './editing';

export interface Desk { editing: Editing; pack: Pack; locked: boolean }
export const Desk = createContext<Desk | undefined>(undefined);

export function use_desk(): Desk {
  const desk = useContext(Desk);
  if (!desk) throw new Error('a part outside of the page');
  return desk;
}
