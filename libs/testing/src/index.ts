export { FakeBroker } from './fake-broker.ts';
export type { BrokerCall, BrokerFault, FakeBrokerOptions, Match } from './fake-broker.ts';
export { eventually } from './eventually.ts';
export type { EventuallyOptions } from './eventually.ts';
export { closedTradeOf, ledgerTradeOf, openTradeOf } from './ledger-trade.builder.ts';
export { startTestEmulators } from './test-emulators.ts';
export type { TestEmulators } from './test-emulators.ts';
export { startTestCloud } from './test-cloud.ts';
export type { TestCloud } from './test-cloud.ts';
