// What a role is shown. Head office checks again; this only leaves out what would be refused.
import type { Role } from '../api';

export type Deed = 'edit' | 'pause' | 'resume' | 'archive' | 'publish' | 'approve';

/** `approval`: a change needs somebody's yes; who may not give it does not publish either. */
export function may(deed: Deed, role: Role | undefined, approval = true): boolean {
  if (role === undefined || role === 'viewer') return false;
  if (deed === 'pause' || deed === 'resume') return true;
  if (role === 'store-manager') return deed === 'edit';
  return deed === 'approve' || (deed === 'publish' && approval) ? role === 'approver' || role === 'admin' : true;
}
