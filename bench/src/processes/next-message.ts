import type { ChildProcess } from 'node:child_process';

/** The next thing that the process tells its parent. Rejects when it ends instead. */
export function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      child.off('exit', onExit);
      resolve(message);
    };
    const onExit = (code: number | null): void => {
      child.off('message', onMessage);
      reject(new Error(`the process ended with ${code}`));
    };
    child.once('message', onMessage);
    child.once('exit', onExit);
  });
}
