import { defaultShards, mostShards } from '@bellwether/contracts';
import { wholeNumber } from './whole-number.ts';

/** Over how many shards symbols are divided: as `--shards` says, else SHARDS, else as usual. @throws InputError */
export function shardsOf(option: string | undefined, { SHARDS } = process.env): number {
  if (option !== undefined) return wholeNumber('--shards', option, 1, mostShards);
  return wholeNumber('SHARDS', SHARDS ?? String(defaultShards), 1, mostShards);
}
