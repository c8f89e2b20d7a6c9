import type { MeasuredTape } from '@bellwether/market-feed';
import { InputError } from '../input-error.ts';

/** Whether a symbol trades or is quoted. @throws InputError for one that does both. */
export function kindsOf(
  tapes: readonly (Pick<MeasuredTape, 'kind' | 'path'> & {
    readonly symbols: readonly { readonly symbol: string }[];
  })[],
): Map<string, 'trade' | 'quote'> {
  const kinds = new Map<string, 'trade' | 'quote'>();
  for (const { kind, symbols, path } of tapes) {
    for (const { symbol } of symbols) {
      if ((kinds.get(symbol) ?? kind) !== kind)
        throw new InputError(
          `${path}: "${symbol}" is in a trades tape and in a quotes tape; replay them apart`,
        );
      kinds.set(symbol, kind);
    }
  }
  return kinds;
}
