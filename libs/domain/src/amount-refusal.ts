/** Why what was asked for is no amount that can be; `value` as it was asked for, or what it comes to. */
export type AmountRefusal =
  | { readonly reason: 'NOT_POSITIVE'; readonly field: string; readonly value: string }
  | {
      readonly reason: 'OUT_OF_RANGE';
      readonly field: string;
      readonly value: string;
      readonly range: string;
    };
