// What a role is shown. Head office checks again; this only leaves out what would be refused.
import type { Role } from '../api';

export type Deed = 'edit' | 'pause' | 'resume' | 'archive' | 'publish' | 'approve';

export function may(deed: Deed, role: Role | undefined): boolean {
  if (role === undefined || role === 'viewer') return false;
  if (deed === 'pause' || deed === 'resume') return true;
  if (role === 'store-manager') return deed === 'edit';
  return deed === 'approve' ? role === 'approver' || role === 'admin' : true;
}
