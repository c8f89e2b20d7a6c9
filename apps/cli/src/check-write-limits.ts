import { readWriteProfile } from '@bellwether/store';
import { InputError } from './input-error.ts';

/** @throws InputError for a pace of writes with which no service would start. */
export function checkWriteLimits(environment: NodeJS.ProcessEnv): void {
  try {
    readWriteProfile(environment);
  } catch (error) {
    throw new InputError(error instanceof Error ? error.message : String(error));
  }
}
