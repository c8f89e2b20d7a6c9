import type {
  DeliveryDocument,
  LedgerTradeDocument,
  PositionDocument,
  TriggerDocument,
} from '@bellwether/contracts';
import {
  type Condition,
  type Decimal,
  type TrailingDistance,
  add,
  compare,
  decimal,
  floorAt,
  formatDecimal,
  grossPnl,
  subtract,
  zero,
} from '@bellwether/domain';
import type { LiveMark } from './live-state.ts';

/** Everything that one picture of the live view is made of. */
export interface LiveSnapshot {
  readonly ticksPerSecond: number;
  readonly epoch: string;
  readonly marks: ReadonlyMap<string, LiveMark>;
  readonly positions: readonly PositionDocument[];
  readonly triggers: readonly TriggerDocument[];
  readonly trades: readonly LedgerTradeDocument[];
  readonly deliveries: readonly DeliveryDocument[];
}

export interface OpenPositionLine {
  readonly id: string;
  readonly uid: string;
  readonly symbol: string;
  readonly side: string;
  readonly quantity: string;
  readonly entryPrice: string;
  readonly markPrice: string | null;
  readonly unrealizedPnl: string | null;
  readonly currency: string;
  readonly exits: string;
}

/** Open positions, marked to the last trade. */
export function positionLines({ positions, marks }: LiveSnapshot): OpenPositionLine[] {
  return positions
    .map(({ uid, details }) => {
      const mark = markOf(marks.get(details.symbol));
      const { id, symbol, side, quantity, entryPrice, contract } = details;
      const { currency } = contract;
      const pnl = mark && grossPnl(side, contract, decimal(quantity), decimal(entryPrice), mark);
      return {
        id,
        uid,
        symbol,
        side,
        quantity,
        entryPrice,
        markPrice: mark === undefined ? null : formatDecimal(mark),
        unrealizedPnl: pnl === undefined ? null : formatDecimal({ units: floorAt(pnl, 2), scale: 2 }),
        currency,
        exits: exitsText(details.exits),
      };
    })
    .toSorted((a, b) => (`${a.uid}${a.symbol}${a.id}` < `${b.uid}${b.symbol}${b.id}` ? -1 : 1));
}

/** Armed triggers, the nearest first, with how far the price has to go. */
export function triggerLines({ triggers, marks }: LiveSnapshot) {
  return triggers
    .map(({ uid, details }) => {
      const mark = markOf(marks.get(details.symbol));
      const { symbol, when } = details;
      const level = when.kind === 'price' ? decimal(when.price) : undefined;
      const distancePercent = mark === undefined || level === undefined ? null : percentBetween(mark, level);
      return { uid, symbol, when, distancePercent };
    })
    .toSorted((a, b) => Math.abs(a.distancePercent ?? Infinity) - Math.abs(b.distancePercent ?? Infinity));
}

/** The unrealized P&L of all positions, by currency. */
export function totalPnl(lines: readonly OpenPositionLine[]): ReadonlyMap<string, string> {
  const sums = new Map<string, Decimal>();
  for (const { currency, unrealizedPnl } of lines)
    if (unrealizedPnl !== null) sums.set(currency, add(sums.get(currency) ?? zero, decimal(unrealizedPnl)));
  return new Map([...sums].map(([currency, sum]) => [currency, formatDecimal(sum)]));
}

/** How long an alert took: from tick to commit, and from commit to Discord's receipt, milliseconds. */
export function alertTimes({ tickReceivedAt, committedAt, sentAt }: DeliveryDocument) {
  return {
    tickToCommitMs: tickReceivedAt === undefined ? null : committedAt - tickReceivedAt,
    commitToAlertMs: sentAt === undefined ? null : sentAt - committedAt,
  };
}

const style = {
  bold: (text: string) => `\u001B[1m${text}\u001B[22m`,
  dim: (text: string) => `\u001B[2m${text}\u001B[22m`,
  green: (text: string) => `\u001B[32m${text}\u001B[39m`,
  red: (text: string) => `\u001B[31m${text}\u001B[39m`,
};

/** The live view as lines of a terminal of that size: long lists are cut, and say so. */
export function renderLive(snapshot: LiveSnapshot, columns: number, rows = Infinity): string[] {
  const positions = positionLines(snapshot);
  const triggers = triggerLines(snapshot);
  const sums = [...totalPnl(positions)].map(([currency, sum]) => signed(`${sum} ${currency}`, sum));
  const marks = [...snapshot.marks.values()].map(
    ({ symbol, trade, bid }) => `${symbol} ${trade ?? bid ?? ''}`,
  );
  const head = [
    `${style.bold('Bellwether')}  ${snapshot.ticksPerSecond.toFixed(0)} ticks/s  ${style.dim(snapshot.epoch)}  ${style.dim('Ctrl-C ends it')}`,
    style.dim(marks.toSorted().join('   ')),
  ];
  // A blank line and a title for each of the four lists; the positions get what the others leave.
  const free = Math.max(4, rows - head.length - 8);
  const most = Math.max(1, Math.min(5, Math.floor(free / 4)));
  const others = [triggers, snapshot.trades, snapshot.deliveries].map((list) => Math.min(list.length, most));
  const left = free - others.reduce((sum, count) => sum + count, 0);
  const pnl = sums.length > 0 ? `  P&L ${sums.join(', ')}` : '';
  const lines = [
    ...head,
    '',
    style.bold(`Open positions (${positions.length})`) + pnl,
    ...atMost(left, positions.map(positionText)),
    '',
    style.bold(`Armed triggers (${triggers.length})`),
    ...atMost(most, triggers.map(triggerText)),
    '',
    style.bold('Last executions'),
    ...snapshot.trades.slice(0, most).map(tradeText),
    '',
    style.bold('Last alerts') + style.dim('  tick → commit → alert'),
    ...snapshot.deliveries.slice(0, most).map(deliveryText),
  ];
  return lines.slice(0, rows).map((line) => cut(line, columns));
}

function positionText(line: OpenPositionLine): string {
  return [
    pad(line.uid, 7),
    pad(line.symbol, 10),
    pad(line.side, 6),
    pad(line.quantity, 7, 'right'),
    pad(`@ ${line.entryPrice}`, 14, 'right'),
    pad(line.markPrice ?? '-', 12, 'right'),
    signed(pad(line.unrealizedPnl ?? '-', 10, 'right'), line.unrealizedPnl ?? '0'),
    style.dim(line.exits),
  ].join(' ');
}

function triggerText({
  uid,
  symbol,
  when,
  distancePercent,
}: ReturnType<typeof triggerLines>[number]): string {
  const distance = distancePercent === null ? '-' : `${distancePercent.toFixed(3)} % away`;
  return `${pad(uid, 7)} ${pad(symbol, 10)} ${pad(conditionText(when), 18)} ${distance}`;
}

function conditionText(when: Condition): string {
  switch (when.kind) {
    case 'price':
      return `${when.direction} ${when.price}`;
    case 'move':
      return `${when.direction} ${when.percent} % in ${when.windowMs / 1_000} s`;
    case 'time':
      return `at ${time(when.at)}`;
  }
}

function tradeText(trade: LedgerTradeDocument): string {
  const { tradedAt, uid, symbol, side, reason, effect, price, realizedPnl, currency } = trade;
  const why = pad(reason ?? effect, 13);
  const what = `${pad(uid, 7)} ${pad(symbol, 10)} ${pad(side, 6)} ${why} @ ${pad(price, 12)}`;
  return `${time(tradedAt)} ${what} ${signed(`${realizedPnl} ${currency}`, realizedPnl)}`;
}

function deliveryText(delivery: DeliveryDocument): string {
  const { tickToCommitMs, commitToAlertMs } = alertTimes(delivery);
  const what = `${time(delivery.sentAt ?? 0)} ${pad(delivery.uid, 7)} ${pad(delivery.eventType, 16)}`;
  return `${what} ${milliseconds(tickToCommitMs)} → ${milliseconds(commitToAlertMs)}`;
}

function atMost(count: number, lines: readonly string[]): string[] {
  if (lines.length <= count) return [...lines];
  return [
    ...lines.slice(0, Math.max(0, count - 1)),
    style.dim(`… ${lines.length - Math.max(0, count - 1)} more`),
  ];
}

/** The live view as one JSON object, for a pipe or a log. */
export function liveJson(snapshot: LiveSnapshot, at: number): Record<string, unknown> {
  const positions = positionLines(snapshot);
  const [lastTrade] = snapshot.trades;
  const [lastDelivery] = snapshot.deliveries;
  return {
    at: new Date(at).toISOString(),
    epoch: snapshot.epoch,
    ticksPerSecond: Math.round(snapshot.ticksPerSecond),
    openPositions: positions.length,
    unrealizedPnl: Object.fromEntries(totalPnl(positions)),
    armedTriggers: snapshot.triggers.length,
    nearestTriggerPercent: triggerLines(snapshot)[0]?.distancePercent ?? null,
    lastExecution:
      lastTrade === undefined
        ? null
        : {
            at: new Date(lastTrade.tradedAt).toISOString(),
            uid: lastTrade.uid,
            symbol: lastTrade.symbol,
            side: lastTrade.side,
            reason: lastTrade.reason ?? lastTrade.effect,
            price: lastTrade.price,
            realizedPnl: lastTrade.realizedPnl,
          },
    lastAlert:
      lastDelivery === undefined ? null : { event: lastDelivery.eventId, ...alertTimes(lastDelivery) },
  };
}

function markOf(mark: LiveMark | undefined): Decimal | undefined {
  const text = mark?.trade ?? mark?.bid;
  return text === undefined ? undefined : decimal(text);
}

/** How far `to` is from `from`, in percent of `from`: for people, so a double is exact enough. */
function percentBetween(from: Decimal, to: Decimal): number {
  if (compare(from, zero) === 0) return 0;
  return (100 * Number(formatDecimal(subtract(to, from)))) / Number(formatDecimal(from));
}

function exitsText({ stopLoss, targets, trailing }: PositionDocument['details']['exits']): string {
  return [
    stopLoss === undefined ? '' : `stop ${stopLoss.price}`,
    trailing === undefined ? '' : `trailing ${distanceText(trailing.distance)}`,
    targets.length === 0 ? '' : `target ${targets.map(({ price }) => price).join(', ')}`,
  ]
    .filter((part) => part !== '')
    .join('  ');
}

function distanceText(distance: TrailingDistance): string {
  return 'absolute' in distance ? distance.absolute : `${distance.ppm / 10_000} %`;
}

function signed(text: string, amount: string): string {
  return amount.startsWith('-') ? style.red(text) : style.green(text);
}

function milliseconds(value: number | null): string {
  return pad(value === null ? '-' : `${value.toFixed(1)} ms`, 10, 'right');
}

function time(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  return align === 'left' ? text.padEnd(width) : text.padStart(width);
}

/** At most `columns` visible characters; colours count for nothing. */
function cut(line: string, columns: number): string {
  let visible = 0;
  let result = '';
  // Colour codes as they are, everything else character by character.
  // oxlint-disable-next-line no-control-regex
  for (const part of line.match(/\u001B\[\d+m|./gu) ?? []) {
    if (!part.startsWith('\u001B')) visible += 1;
    if (visible > columns && !part.startsWith('\u001B')) continue;
    result += part;
  }
  return result;
}
