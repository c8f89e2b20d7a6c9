export { startNotifier } from './start-notifier.ts';
