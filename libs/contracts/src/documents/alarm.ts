/** `ops_alarms/{name}`: what operators were told last of something that they look after. */
export interface AlarmDocument {
  /** It is not as it should be. */
  readonly isRaised: boolean;
  /** How often it was told that it is not. */
  readonly episode: number;
  /** What was counted then; 0 where nothing is. */
  readonly count: number;
  /** Epoch milliseconds. */
  readonly changedAt: number;
}
