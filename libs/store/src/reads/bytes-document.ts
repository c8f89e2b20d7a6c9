import type { Timestamp } from '@google-cloud/firestore';
import { isDeepStrictEqual } from 'node:util';
import { holdsFields } from './holds-fields.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import type { ReadDocument } from './read-document.ts';
import { readField, readTimestamp } from './read-value.ts';

/** Tags of google.firestore.v1.Document. */
const tag = { name: 0x0a, fields: 0x12, createTime: 0x1a, updateTime: 0x22 } as const;

/** A document in the bytes in which it came: what nobody asks for is not made. */
export class BytesDocument implements ReadDocument {
  readonly #bytes: Buffer;
  /** Where the document begins and ends in the bytes, its name, and the times, their lengths before them. */
  readonly #start: number;
  readonly #end: number;
  #name = -1;
  #createTime = -1;
  #updateTime = -1;

  /** @param reader of the document's length and then itself; behind it afterwards. */
  constructor(reader: ProtobufReader) {
    this.#bytes = reader.bytes;
    this.#end = reader.end();
    this.#start = reader.at;
    while (reader.at < this.#end) {
      const found = reader.varint();
      if (found === tag.name) this.#name = reader.at;
      else if (found === tag.createTime) this.#createTime = reader.at;
      else if (found === tag.updateTime) this.#updateTime = reader.at;
      reader.skip(found);
    }
    if (this.#name < 0) throw new Error('a document came without its name');
    if (this.#createTime < 0 || this.#updateTime < 0)
      throw new Error(`${this.path} came without the times of its writing`);
  }

  get path(): string {
    const name = this.#readerAt(this.#name).text();
    return name.slice(name.indexOf('/documents/') + '/documents/'.length);
  }

  get id(): string {
    const name = this.#readerAt(this.#name).raw();
    return name.toString('utf8', name.lastIndexOf('/') + 1);
  }

  get createTime(): Timestamp {
    return readTimestamp(this.#readerAt(this.#createTime));
  }

  get updateTime(): Timestamp {
    return readTimestamp(this.#readerAt(this.#updateTime));
  }

  get isAsCreated(): boolean {
    return this.#areSame(this.#createTime, this.#updateTime) || this.createTime.isEqual(this.updateTime);
  }

  data(): Record<string, unknown> {
    const reader = this.#readerAt(this.#start);
    const fields: Record<string, unknown> = {};
    while (reader.at < this.#end) {
      const found = reader.varint();
      if (found === tag.fields) readField(reader, fields);
      else reader.skip(found);
    }
    return fields;
  }

  holds(fields: object): boolean {
    const reader = this.#readerAt(this.#start);
    return holdsFields(reader, tag.fields, this.#end, fields) || isDeepStrictEqual(this.data(), fields);
  }

  /** Whether at two places stand the same length and bytes: of a time, less than a hundred. */
  #areSame(at: number, other: number): boolean {
    const length = this.#bytes[at] ?? 0;
    for (let i = 0; i <= length; i += 1) if (this.#bytes[at + i] !== this.#bytes[other + i]) return false;
    return true;
  }

  #readerAt(at: number): ProtobufReader {
    const reader = new ProtobufReader(this.#bytes);
    reader.at = at;
    return reader;
  }
}
