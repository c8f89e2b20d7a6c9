/** What a shard has done since the process started, and where it stands: written frame by frame, read by who asks. */
export class ShardCounts {
  ticks = 0;
  frames = 0;
  checkpoints = 0;
  /** Frames that are here and wait for one that is missing. */
  waiting = 0;
  /** Judged frames whose messages wait for a checkpoint. */
  uncovered = 0;
  /** When market-feed received the newest tick that is judged, epoch milliseconds; 0 before the first. */
  judgedUpTo = 0;
}
