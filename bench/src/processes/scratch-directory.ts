import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty directory, and how to be rid of it. */
export async function makeScratchDirectory(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'bellwether-bench-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
