export {
  type CheckedChannel,
  checkChannel,
  readChannel,
  refusalOfAddress,
  sealedChannel,
} from './channels/check-channel.ts';
export { placeOf } from './channels/place-of.ts';
export { type ChannelKeys, readChannelKeys } from './secrets/channel-keys.ts';
export { ChannelKeyError, type ChannelName, sealChannel } from './secrets/seal-channel.ts';
export { type ChannelTested, type TestOf, testChannel } from './channels/test-channel.ts';
export { type NotifierConfig, readConfig } from './config.ts';
export { type AlertType, isAlertType } from './notices/alert-types.ts';
export type { WebhookMessage } from './messages/webhook-message.ts';
export { type Notice, eventTypeOf as alertTypeOf } from './notices/notice.ts';
export { sampleNotice } from './notices/sample-notice.ts';
export { type CheckedRule, checkRule } from './rules/check-rule.ts';
export { startNotifier } from './start-notifier.ts';
export { type CheckedSummary, checkSummary } from './summaries/check-summary.ts';
export { type SummaryPreview, previewSummary } from './summaries/preview-summary.ts';
export { nextDueAt } from './summaries/summary-period.ts';
export { placeholdersOf } from './templates/placeholders.ts';
export { previewAlert, readNotice } from './templates/preview-alert.ts';
export { faultOf as faultOfTemplate } from './templates/template.ts';
