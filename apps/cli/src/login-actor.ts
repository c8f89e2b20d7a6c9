import { userInfo } from 'node:os';

/** Who asks, in journals and records, where no `--actor` says so: whoever is logged in here. */
export function loginActor(): string {
  return `cli:${userInfo().username}`;
}
