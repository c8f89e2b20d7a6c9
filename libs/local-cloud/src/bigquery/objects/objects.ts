import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';

import { BigQueryError, duplicate, invalid, notFound } from '../errors.ts';
import { objectUri } from './object-uri.ts';
import type { ObjectUri } from './object-uri.ts';

export interface StoredObject extends ObjectUri {
  readonly bytes: number;
  readonly modifiedAtMs: number;
}

/** Names of files that are being written; no object has such a name. */
const unfinished = '.unfinished-';

/**
 * The local stand-in of Cloud Storage: each bucket is a directory, each object a file in it, whose `/` lead to
 * directories. An object is whole and durable when its promise resolves. Without a directory, objects live in a
 * temporary one until `close`.
 */
export class Objects {
  readonly #given: string | undefined;
  #temporary: Promise<string> | undefined;

  constructor(directory: string | undefined) {
    this.#given = directory;
  }

  async createBucket(name: string): Promise<void> {
    requireBucketName(name);
    try {
      await mkdir(join(await this.#root(), name));
    } catch (error) {
      throw isCode(error, 'EEXIST') ? duplicate(`Bucket ${name}`) : error;
    }
  }

  async deleteBucket(name: string): Promise<void> {
    if ((await this.list(name, '')).length > 0) {
      throw new BigQueryError(409, 'conflict', `The bucket ${name} is not empty.`);
    }
    await rm(await this.#bucket(name), { recursive: true });
  }

  /** In order of name. */
  async buckets(): Promise<string[]> {
    const entries = await readdir(await this.#root(), { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted();
  }

  async requireBucket(name: string): Promise<void> {
    await this.#bucket(name);
  }

  /** Writes or replaces an object with what `write` puts into the file. */
  async put(uri: ObjectUri, write: (file: FileHandle) => Promise<void>): Promise<StoredObject> {
    const path = await this.#path(uri);
    const building = join(await this.#bucket(uri.bucket), `${unfinished}${randomUUID()}`);
    try {
      const file = await open(building, 'wx');
      try {
        await write(file);
        await file.sync();
      } finally {
        await file.close();
      }
      await mkdir(dirname(path), { recursive: true });
      await rename(building, path);
      await syncDirectory(dirname(path));
    } catch (error) {
      await rm(building, { force: true });
      const isTaken = ['EEXIST', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY'].some((code) => isCode(error, code));
      throw isTaken
        ? invalid(`${objectUri(uri)}: a part of the name is an object or a folder already`)
        : error;
    }
    return this.find(uri);
  }

  async find(uri: ObjectUri): Promise<StoredObject> {
    const found = await this.#described(uri, await this.#path(uri));
    if (found === undefined) throw notFound(`Object ${objectUri(uri)}`);
    return found;
  }

  async read(uri: ObjectUri): Promise<Buffer> {
    await this.find(uri);
    return readFile(await this.#path(uri));
  }

  async stream(uri: ObjectUri): Promise<AsyncIterable<Buffer>> {
    await this.find(uri);
    return createReadStream(await this.#path(uri));
  }

  async remove(uri: ObjectUri): Promise<void> {
    await this.find(uri);
    const [path, bucket] = [await this.#path(uri), await this.#bucket(uri.bucket)];
    await rm(path);
    for (let folder = dirname(path); folder !== bucket; folder = dirname(folder)) {
      if ((await readdir(folder)).length > 0) break;
      await rmdir(folder);
    }
  }

  /** Objects whose name begins so, in order of name. */
  async list(bucket: string, prefix: string): Promise<StoredObject[]> {
    const directory = await this.#bucket(bucket);
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith(unfinished))
      .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'));
    const uris = names.filter((name) => name.startsWith(prefix)).toSorted();
    const found = await Promise.all(
      uris.map((name) => this.#described({ bucket, name }, join(directory, name))),
    );
    return found.filter((object) => object !== undefined);
  }

  async close(): Promise<void> {
    if (this.#temporary !== undefined) await rm(await this.#temporary, { recursive: true, force: true });
  }

  async #root(): Promise<string> {
    if (this.#given === undefined) return (this.#temporary ??= mkdtemp(join(tmpdir(), 'bigquery-objects-')));
    await mkdir(this.#given, { recursive: true });
    return this.#given;
  }

  async #bucket(name: string): Promise<string> {
    requireBucketName(name);
    const path = join(await this.#root(), name);
    const found = await stat(path).catch(() => undefined);
    if (found?.isDirectory() !== true) throw notFound(`Bucket ${name}`);
    return path;
  }

  async #path({ bucket, name }: ObjectUri): Promise<string> {
    const parts = name.split('/');
    const isUnfit = parts.some((part) => ['', '.', '..'].includes(part) || part.startsWith(unfinished));
    if (isUnfit || /[\0\\]/.test(name) || parts.some((part) => Buffer.byteLength(part) > 255)) {
      throw invalid(`The object name "${name}" cannot be a file of the local Cloud Storage`);
    }
    return join(await this.#bucket(bucket), ...parts);
  }

  async #described(uri: ObjectUri, path: string): Promise<StoredObject | undefined> {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() !== true) return undefined;
    return { bucket: uri.bucket, name: uri.name, bytes: found.size, modifiedAtMs: Math.trunc(found.mtimeMs) };
  }
}

function requireBucketName(name: string): void {
  if (!/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(name)) throw invalid(`Invalid bucket name: '${name}'`);
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  await directory.sync();
  await directory.close();
}

const isCode = (error: unknown, code: string): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === code;
