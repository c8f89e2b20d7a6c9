import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';

const probe = fileURLToPath(new URL('probe-main.ts', import.meta.url));

describe('runMain', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'closes the service once on %s and exits with 0',
    async (signal) => {
      const child = run();
      await once(child.stdout, 'data');
      child.kill(signal);
      expect(await endOf(child)).toMatchObject({ code: 0, out: 'closed\n' });
    },
  );

  it('tells why a service did not start and exits with 1', async () => {
    const { code, out, err } = await endOf(run({ PROBE_FAILURE: 'PORT must be a number' }));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('\nprobe: PORT must be a number\n');
  });

  it('stops when its parent is gone', async () => {
    const parent = spawn(process.execPath, ['--eval', 'process.stdin.resume()']);
    const child = run({ BELLWETHER_PARENT_PID: String(parent.pid) });
    await once(child.stdout, 'data');
    parent.kill();
    expect(await endOf(child)).toMatchObject({ code: 0, out: 'closed\n' });
  });
});

function run(environment: Record<string, string> = {}): ChildProcessWithoutNullStreams {
  const options = { env: { ...process.env, NODE_OPTIONS: '', ...environment } };
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', probe], options);
}

async function endOf(child: ChildProcessWithoutNullStreams) {
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, err };
}
