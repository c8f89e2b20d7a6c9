import { parentOf } from '../resource-name.ts';
import { toTimestamp, type Micros } from '../time.ts';
import { v1, type Fields } from '../protos.ts';
import { decodeFields, type FieldName } from './decode-fields.ts';

/** How many documents keep their fields decoded; the others hold only their bytes. */
const DECODED_DOCUMENTS = 2048;
const decoded: (StoredDocument | undefined)[] = [];
let nextDecoded = 0;

/** One version of a document: immutable, encoded once, decoded when somebody looks inside. */
export class StoredDocument {
  #fields: Fields | undefined;

  private constructor(
    readonly name: string,
    readonly createTime: Micros,
    readonly updateTime: Micros,
    /** The encoded google.firestore.v1.Document, as it goes to clients and to the log. */
    readonly bytes: Uint8Array,
    fields: Fields | undefined,
  ) {
    this.#fields = fields;
    if (fields !== undefined) this.#keepDecoded();
  }

  static create(name: string, fields: Fields, createTime: Micros, updateTime: Micros): StoredDocument {
    const document = {
      name,
      fields,
      createTime: toTimestamp(createTime),
      updateTime: toTimestamp(updateTime),
    };
    return new StoredDocument(name, createTime, updateTime, v1.Document.encode(document).finish(), fields);
  }

  /** From what the log keeps of it. */
  static restore(name: string, createTime: Micros, updateTime: Micros, bytes: Uint8Array): StoredDocument {
    return new StoredDocument(name, createTime, updateTime, bytes, undefined);
  }

  /** `…/users` of `…/users/u1`. */
  get collection(): string {
    return parentOf(this.name);
  }

  get fields(): Fields {
    if (this.#fields === undefined) {
      this.#fields = v1.Document.decode(this.bytes).fields;
      this.#keepDecoded();
    }
    return this.#fields;
  }

  /** Of its fields those with these names, at least; the others stay encoded. */
  fieldsNamed(names: readonly FieldName[]): Fields {
    return this.#fields ?? decodeFields(this.bytes, names);
  }

  #keepDecoded(): void {
    const oldest = decoded[nextDecoded];
    if (oldest !== undefined) oldest.#fields = undefined;
    decoded[nextDecoded] = this;
    nextDecoded = (nextDecoded + 1) % DECODED_DOCUMENTS;
  }
}
