import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refuseRunning, runningIn, sayRunning } from '../src/stored/running-system.ts';

describe('a system that runs over a data directory', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bellwether-running-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const environment = { FIRESTORE_EMULATOR_HOST: '127.0.0.1:8080', GOOGLE_CLOUD_PROJECT: 'bellwether' };

  it('is found by what it said there, until it takes it back', () => {
    const takeBack = sayRunning(folder, environment);
    expect(runningIn(folder)).toEqual(environment);
    takeBack();
    expect(runningIn(folder)).toBeUndefined();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says it to its own user alone: the token of the fault API is among it', () => {
    sayRunning(folder, environment);
    expect(statSync(join(folder, 'running.json')).mode & 0o077).toBe(0);
  });

  it('is over when its process is, whatever it said', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(join(folder, 'running.json'), JSON.stringify({ pid, environment }));
    expect(runningIn(folder)).toBeUndefined();
  });

  it('keeps another from being started over it, while it runs', () => {
    refuseRunning(folder);
    writeFileSync(join(folder, 'running.json'), JSON.stringify({ pid: process.ppid, environment }));
    expect(() => refuseRunning(folder)).toThrow(`process ${process.ppid} runs a system over ${folder}`);
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(join(folder, 'running.json'), JSON.stringify({ pid, environment }));
    refuseRunning(folder);
  });

  it('is none where nothing was said', () => {
    expect(runningIn(join(folder, 'not-there'))).toBeUndefined();
  });
});
