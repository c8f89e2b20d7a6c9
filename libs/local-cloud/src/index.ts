export { startCloud } from './cloud.ts';
export type { CloudOptions, CloudPorts, DiscordSettings, RunningCloud } from './cloud.ts';
export { parseWebhook } from './discord/index.ts';
export type { DiscordMessage, RateLimit, Webhook } from './discord/index.ts';
export { readIndexFile } from './ops/index-file.ts';
export { StateFileError, exportState, importState } from './ops/state-file.ts';
