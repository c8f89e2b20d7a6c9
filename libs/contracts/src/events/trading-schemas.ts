import type { ExitsSpec as Exits, TriggerSpec } from '@bellwether/domain';
import * as z from 'zod';

export const Text = z.string().min(1).max(512);
export const DecimalText = z.string().regex(/^-?\d{1,40}(\.\d{1,40})?$/, 'must be plain decimal text');
/** A price, quantity or distance: more than zero. */
export const PositiveDecimal = DecimalText.refine((text) => !text.startsWith('-') && /[1-9]/.test(text), {
  message: 'must be more than zero',
});
export const Millis = z.number().nonnegative();

export const PriceSource = z.enum(['trade', 'quote', 'mark']);
export const Side = z.enum(['long', 'short']);

/** What commands and events do not take alike. */
export interface Named {
  /** Ids of positions and triggers. */
  readonly id: z.ZodType<string, string>;
  readonly symbol: z.ZodType<string, string>;
  /** How many triggers one may arm, each the next. */
  readonly mostArmed: number;
}

/**
 * The schemas of exits and entries, over the amounts that a place takes, and the names: events take more digits than commands, and
 * whatever was stored.
 */
export function tradingSchemas(
  PositiveAmount: z.ZodType<string, string>,
  SignedAmount: z.ZodType<string, string> = DecimalText,
  { id, symbol, mostArmed }: Named = { id: Text, symbol: Text, mostArmed: Infinity },
) {
  const Level = z.union([
    z.strictObject({ price: PositiveAmount }),
    z.strictObject({ percent: PositiveAmount }),
  ]);
  const source = { source: PriceSource.exactOptional() };
  const Size = z.union([
    z.strictObject({ share: PositiveAmount }),
    z.strictObject({ quantity: PositiveAmount }),
  ]);
  const LevelWith = <Shape extends z.ZodRawShape>(shape: Shape) =>
    z.union([
      z.strictObject({ price: PositiveAmount, ...shape }),
      z.strictObject({ percent: PositiveAmount, ...shape }),
    ]);
  const trailing = { activation: Level.exactOptional(), ...source };
  const ExitsSpec: z.ZodType<Exits, Exits> = z.strictObject({
    stopLoss: LevelWith(source).exactOptional(),
    targets: z
      .array(LevelWith({ size: Size.exactOptional(), ...source }))
      .max(20)
      .exactOptional(),
    trailing: z
      .union([
        z.strictObject({ distance: PositiveAmount, ...trailing }),
        z.strictObject({ percent: PositiveAmount, ...trailing }),
      ])
      .exactOptional(),
    breakEven: z
      .strictObject({
        after: z.union([z.strictObject({ targets: z.int().min(1).max(20) }), Level]),
        offset: SignedAmount.exactOptional(),
        ...source,
      })
      .exactOptional(),
    timeExit: z
      .union([z.strictObject({ at: Millis }), z.strictObject({ afterMs: z.int().positive() })])
      .exactOptional(),
  });
  const OrderKind = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('market') }),
    z.strictObject({ kind: z.literal('limit'), limitPrice: PositiveAmount }),
    z.strictObject({ kind: z.literal('stop'), stopPrice: PositiveAmount }),
    z.strictObject({ kind: z.literal('stopLimit'), stopPrice: PositiveAmount, limitPrice: PositiveAmount }),
  ]);
  const TimeInForce = z.union([z.enum(['gtc', 'ioc', 'fok']), z.strictObject({ until: Millis })]);
  const labels = {
    strategy: z.string().min(1).max(64).exactOptional(),
    tags: z.array(z.string().min(1).max(64)).max(16).readonly().exactOptional(),
  };
  const EntrySpec = z.strictObject({
    positionId: id,
    symbol,
    side: Side,
    quantity: PositiveAmount,
    how: OrderKind,
    timeInForce: TimeInForce,
    priceSource: PriceSource,
    exits: ExitsSpec.exactOptional(),
    ...labels,
  });
  const Condition = z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('price'),
      direction: z.enum(['above', 'below']),
      price: PositiveAmount,
    }),
    z.strictObject({
      kind: z.literal('move'),
      direction: z.enum(['up', 'down', 'either']),
      percent: PositiveAmount,
      windowMs: z.int().positive().max(86_400_000),
    }),
    z.strictObject({ kind: z.literal('time'), at: Millis }),
  ]);
  const triggerSpec = {
    id,
    symbol,
    priceSource: PriceSource,
    when: Condition,
    rearm: z
      .strictObject({
        coolDownMs: z.int().nonnegative(),
        times: z.int().min(2).max(1_000_000).exactOptional(),
      })
      .exactOptional(),
    expiresAt: Millis.exactOptional(),
  };
  const actionOf = (armed: z.ZodType<TriggerSpec, TriggerSpec>) =>
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('notify') }),
      z.strictObject({ kind: z.literal('open'), entry: EntrySpec }),
      z.strictObject({
        kind: z.literal('close'),
        positionId: id,
        share: PositiveAmount.exactOptional(),
      }),
      z.strictObject({ kind: z.literal('amend'), positionId: id, exits: ExitsSpec }),
      z.strictObject({ kind: z.literal('arm'), trigger: armed }),
    ]);
  const armedBy = (left: number): z.ZodType<TriggerSpec, TriggerSpec> =>
    left === 0
      ? z.never({ error: `a chain arms at most ${mostArmed} triggers` })
      : z.strictObject({ ...triggerSpec, action: z.lazy(() => actionOf(armedBy(left - 1))) });
  const TriggerAction = actionOf(armedBy(mostArmed));
  const signalSpec = {
    id,
    symbol,
    side: Side,
    source: z.string().min(1).max(64),
    confidence: DecimalText,
    priceSource: PriceSource,
    expiresAt: Millis,
    entry: EntrySpec.exactOptional(),
    when: Condition.exactOptional(),
  };
  return {
    ExitsSpec,
    OrderKind,
    TimeInForce,
    EntrySpec,
    Condition,
    TriggerAction,
    triggerSpec,
    signalSpec,
    labels,
  };
}
