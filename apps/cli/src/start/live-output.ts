import type { Clock } from '@bellwether/domain';
import type { LiveState } from './live-state.ts';
import { type LiveSnapshot, liveJson, renderLive } from './live-view.ts';

export interface LiveOutput {
  /** Stops writing and leaves the terminal as it was. */
  close(): void;
}

const drawEveryMs = 250;
const lineEveryMs = 1_000;
const ansi = {
  enter: '\u001B[?1049h\u001B[?25l',
  leave: '\u001B[?25h\u001B[?1049l',
  home: '\u001B[H',
  restOfLine: '\u001B[K',
  rest: '\u001B[J',
};

/** The live view on a terminal, drawn in place. */
export function openScreen(stream: NodeJS.WriteStream, live: LiveState): LiveOutput {
  stream.write(ansi.enter);
  const draw = (): void => {
    const lines = renderLive(snapshotOf(live), stream.columns, stream.rows - 1);
    stream.write(`${ansi.home}${lines.map((line) => `${line}${ansi.restOfLine}`).join('\n')}\n${ansi.rest}`);
  };
  draw();
  const timer = setInterval(draw, drawEveryMs);
  return {
    close() {
      clearInterval(timer);
      stream.write(ansi.leave);
    },
  };
}

/** One JSON line per second. */
export function openJsonLines(stream: NodeJS.WriteStream, live: LiveState, clock: Clock): LiveOutput {
  const timer = setInterval(() => {
    stream.write(`${JSON.stringify(liveJson(snapshotOf(live), clock.now()))}\n`);
  }, lineEveryMs);
  return { close: () => clearInterval(timer) };
}

function snapshotOf(live: LiveState): LiveSnapshot {
  const { ticksPerSecond, epoch, marks, trades, deliveries } = live;
  const positions = [...live.positions.values()];
  const triggers = [...live.triggers.values()];
  return { ticksPerSecond, epoch, marks, positions, triggers, trades, deliveries };
}
