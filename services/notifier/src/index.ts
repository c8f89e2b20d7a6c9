export { type CheckedChannel, checkChannel, placeOf, refusalOfAddress } from './channels/check-channel.ts';
export { type ChannelTested, type TestOf, testChannel } from './channels/test-channel.ts';
export { type NotifierConfig, readConfig } from './config.ts';
export { startNotifier } from './start-notifier.ts';
