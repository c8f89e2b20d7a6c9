export {
  type Account,
  type ScopeSeqs,
  type TradingHold,
  type TradingState,
  evolve,
  unopenedAccount,
} from './account/account.ts';
export * from './account/account-fold.ts';
export type { NoRoom } from './account/caps.ts';
export * from './account/equity.ts';
export * from './account/events.ts';
export * from './account/flatten-account.ts';
export { explainHold } from './account/explain-hold.ts';
export * from './account/settings.ts';
export * from './account/manage-account.ts';
export * from './account/open-account.ts';
export * from './account/switch-trading.ts';
export * from './book/line.ts';
export { LineIds } from './book/line-ids.ts';
export type { LineKeeper } from './book/line-keeper.ts';
export { type LineNumbers, numbersOf } from './book/line-numbers.ts';
export { LineTable, whereabouts } from './book/line-table.ts';
export * from './book/place.ts';
export * from './book/same-line.ts';
export { QuietBands } from './book/quiet-bands.ts';
export { SeriesBook } from './book/series-book.ts';
export * from './book/symbol-book.ts';
export * from './credits/credits-state.ts';
export * from './credits/credits.ts';
export * from './invariant.ts';
export * from './ledger/entry.ts';
export * from './ledger/reverse-entry.ts';
export * from './market/instrument.ts';
export * from './market/rate.ts';
export * from './market/symbol-prices.ts';
export * from './market/tick.ts';
export * from './order/abandon-exit.ts';
export * from './order/adopt-order.ts';
export * from './order/broker.ts';
export { type BrokerDifference, type PositionDifference } from './order/broker-difference.ts';
export * from './order/broker-orders.ts';
export * from './order/cancel-order.ts';
export {
  type BrokerView,
  compareWithBroker,
  confirmed,
  recordDifferences,
  restsAsWeKnow,
} from './order/compare-with-broker.ts';
export * from './order/execute-order.ts';
export * from './order/fill.ts';
export * from './order/line-of-order.ts';
export * from './order/least-notional.ts';
export * from './order/order-steps.ts';
export * from './order/order.ts';
export * from './order/place-order.ts';
export * from './order/record-at-broker.ts';
export * from './order/withdraw-entries.ts';
export * from './order/settle-entry.ts';
export * from './position/adopt-position.ts';
export * from './position/amend-exits.ts';
export * from './position/break-even.ts';
export * from './position/close-position.ts';
export * from './position/execute-exit.ts';
export * from './position/exits-spec.ts';
export * from './position/exits.ts';
export * from './position/ladder-below-minimum.ts';
export * from './position/lines-of-position.ts';
export * from './position/percent.ts';
export * from './position/pnl-pulse.ts';
export * from './position/pnl.ts';
export * from './position/position.ts';
export * from './position/rearm-exits.ts';
export * from './position/request-close.ts';
export * from './position/resolve-exits.ts';
export * from './position/room-for-position.ts';
export * from './position/settle-funding.ts';
export * from './position/target-size.ts';
export * from './position/value-position.ts';
export * from './ports.ts';
export * from './pulse/holdings.ts';
export * from './pulse/worth-of-holdings.ts';
export * from './result.ts';
export * from './risk/check-entry.ts';
export * from './risk/entry-hold.ts';
export * from './risk/lock-symbol.ts';
export * from './risk/losses.ts';
export * from './risk/risk-state.ts';
export * from './risk/watch-limits.ts';
export * from './signal/act-on-signal.ts';
export * from './signal/create-signal.ts';
export * from './signal/end-signal.ts';
export * from './signal/line-of-signal.ts';
export * from './signal/signal.ts';
export * from './trigger/arm-trigger.ts';
export * from './trigger/disarm-trigger.ts';
export * from './trigger/fire-trigger.ts';
export * from './trigger/line-of-trigger.ts';
export * from './trigger/perform-action.ts';
export * from './trigger/trigger.ts';
export * from './units.ts';
