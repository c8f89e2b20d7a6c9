export { startCloud } from './cloud.ts';
export type { CloudOptions, CloudPorts, RunningCloud } from './cloud.ts';
export type { DiscordMessage } from './discord/index.ts';
export { exportState, importState } from './ops/state-file.ts';
