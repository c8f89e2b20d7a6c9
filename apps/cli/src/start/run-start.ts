import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { checkSpeed } from '../check-speed.ts';
import { startCloudProcess } from '../processes/cloud-process.ts';
import { indexesFile, userPath } from '../processes/entry.ts';
import { stopRequested } from '../processes/stop-requested.ts';
import { refuseRunning } from '../stored/running-system.ts';
import { usualDataDir } from '../stored/usual-data-dir.ts';
import { operationsPorts } from './operations-ports.ts';

export interface StartOptions {
  readonly tape?: readonly string[];
  readonly speed: string;
  readonly dataDir: string;
  readonly fresh?: boolean;
  readonly demo: boolean;
  readonly split?: boolean;
  /** A port of 127.0.0.1, 0 for any free one, or `off`. */
  readonly operationsPort: string;
}

/** `bellwether start`: everything on this machine until Ctrl-C. */
export async function runStart(options: StartOptions): Promise<void> {
  const stop = stopRequested();
  checkSpeed(options.speed, { orMax: false });
  const ports = operationsPorts(options.operationsPort);
  if (process.env['WRITE_LIMITS'] !== undefined)
    (await import('../check-write-limits.ts')).checkWriteLimits(process.env);
  const tapes = (options.tape ?? []).map(userPath);
  if (tapes.length > 0) await (await import('../inspect-tapes.ts')).inspectTapes(tapes);
  const dataDir = userPath(options.dataDir);
  refuseRunning(dataDir);
  const folders = {
    cloud: join(dataDir, 'cloud'),
    executor: join(dataDir, 'executor'),
    // Where the other commands look for it, too.
    archive: join(dataDir, 'cloud', 'archive'),
    logs: join(dataDir, 'logs'),
  };
  if (options.fresh === true)
    for (const folder of Object.values(folders)) await rm(folder, { recursive: true, force: true });
  await mkdir(folders.logs, { recursive: true });

  process.stderr.write('Starting the local cloud…\n');
  // All that the system consists of is loaded while the cloud starts.
  const [cloud, { startSystem }] = await Promise.all([
    startCloudProcess(['--data-dir', folders.cloud, '--indexes', indexesFile]),
    import('./start-system.ts'),
  ]);
  process.stderr.write(`Its ops server listens at ${cloud.environment['CLOUD_OPS_URL'] ?? ''}.\n`);
  const system = await startSystem(cloud, tapes, { ...options, dataDir, ports }, folders);
  process.stderr.write(
    `Other commands find it: bellwether verify, kill, pulse, ledger…${options.dataDir === usualDataDir ? '' : `, here with --data-dir ${options.dataDir}`}\n`,
  );
  await Promise.race([
    stop,
    system.host.failed,
    cloud.exited.then((code) => {
      throw new Error(`the local cloud ended unexpectedly with code ${String(code)}`);
    }),
  ]);
  await system.close();
  process.stderr.write(`Stopped; nothing is lost. "npm start" goes on from ${dataDir}.\n`);
  process.exit(0);
}
