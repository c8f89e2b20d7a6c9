import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Entry } from './catalogue.ts';
import { readMachine } from './machine.ts';
import { failed, isResult, notRun } from './result.ts';
import type { Result } from './result.ts';

/**
 * Runs a benchmark in a process of its own and answers its result; a failed one when that process throws, dies
 * or takes longer than its limit; one that is not judged when what it needs is not here. It and what it started are gone then. Nothing of it reaches standard output.
 */
export async function runApart({ name, benchmark }: Entry, stop: AbortSignal): Promise<Result> {
  const machine = readMachine();
  const missing = benchmark.needs?.() ?? [];
  if (missing.length > 0) return notRun(name, benchmark, machine, missing);
  const child = fork(join(import.meta.dirname, 'run-benchmark.js'), [name], {
    stdio: ['ignore', 2, 2, 'ipc'],
    execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
    detached: process.platform !== 'win32', // a group of its own, so that its children end with it
  });
  let result: Result | undefined;
  child.on('message', (message) => {
    if (isResult(message)) result = message;
  });
  const limit = benchmark.timeLimitSeconds ?? 120;
  let ended = '';
  const end = (reason: string): void => {
    ended ||= reason;
    killGroup(child);
  };
  const timer = setTimeout(() => end(`took longer than ${limit} s`), limit * 1000);
  const onStop = (): void => end('was interrupted');
  stop.addEventListener('abort', onStop);
  try {
    await once(child, 'exit');
    const { exitCode: code, signalCode: signal } = child;
    if (ended !== '') return failed(name, benchmark, machine, ended);
    if (code !== 0) return failed(name, benchmark, machine, `its process ended with ${code ?? signal}`);
    return result ?? failed(name, benchmark, machine, 'its process ended without a result');
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
    killGroup(child);
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // nothing of it is left
  }
}
