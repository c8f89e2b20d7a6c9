const width = 30;

/** Where a command tells how far it is: a bar on a terminal, a line of JSON now and then elsewhere. */
export interface Progress {
  /** What is going on now, in a word or two. */
  stage(name: string): void;
  ticks(done: number, total: number): void;
  note(line: string): void;
  end(): void;
}

/** For what is over soon, and where nobody watches. */
export const noProgress: Progress = {
  stage: () => undefined,
  ticks: () => undefined,
  note: () => undefined,
  end: () => undefined,
};

/** @param counted what lines of JSON call the ticks that are done. */
export function openProgress(stream: NodeJS.WriteStream, counted = 'evaluated'): Progress {
  return stream.isTTY ? bar(stream) : lines(stream, counted);
}

function bar(stream: NodeJS.WriteStream): Progress {
  let stageName = '';
  let text = '';
  let last = -1;
  const draw = (): boolean => stream.write(`\r\u001B[2K${stageName} ${text}`);
  return {
    stage(name) {
      stageName = name;
      draw();
    },
    ticks(done, total) {
      const share = total === 0 ? 1 : Math.min(1, done / total);
      const thousandth = Math.floor(share * 1_000);
      if (thousandth === last) return;
      last = thousandth;
      const filled = Math.round(share * width);
      text = `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${Math.floor(share * 100)} %  ${done.toLocaleString('en-US')} ticks`;
      draw();
    },
    note(line) {
      stream.write(`\r\u001B[2K${line}\n`);
      draw();
    },
    end: () => stream.write('\r\u001B[2K'),
  };
}

function lines(stream: NodeJS.WriteStream, counted: string): Progress {
  let last = -1;
  return {
    stage: (stage) => stream.write(`${JSON.stringify({ stage })}\n`),
    ticks(done, total) {
      const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
      if (percent === last) return;
      last = percent;
      stream.write(`${JSON.stringify({ [counted]: done, total })}\n`);
    },
    note: (note) => stream.write(`${JSON.stringify({ note })}\n`),
    end: () => undefined,
  };
}
