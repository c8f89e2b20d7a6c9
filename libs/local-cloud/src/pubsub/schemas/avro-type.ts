/** A resolved Avro type. Records may refer to themselves, so types are a graph. */
export type AvroType =
  | { readonly kind: 'primitive'; readonly name: Primitive }
  | { readonly kind: 'record'; readonly name: string; readonly fields: AvroField[] }
  | { readonly kind: 'enum'; readonly name: string; readonly symbols: readonly string[] }
  | { readonly kind: 'fixed'; readonly name: string; readonly size: number }
  | { readonly kind: 'array'; readonly items: AvroType }
  | { readonly kind: 'map'; readonly values: AvroType }
  | { readonly kind: 'union'; readonly branches: readonly AvroType[] };

export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
}

const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;
export type Primitive = (typeof primitives)[number];

const identifier = /^[A-Za-z_]\w*$/;

/** The type that an Avro definition (JSON text) declares. Throws an Error with the reason when it is none. */
export function parseAvro(definition: string): AvroType {
  let json: unknown;
  try {
    json = JSON.parse(definition);
  } catch {
    throw new Error('the definition is not JSON');
  }
  return new Resolver().resolve(json, '');
}

/** The name of a union's branch in Avro's JSON encoding. */
export function branchName(type: AvroType): string {
  return 'name' in type ? type.name : type.kind;
}

class Resolver {
  readonly #named = new Map<string, AvroType>();

  resolve(json: unknown, namespace: string): AvroType {
    if (typeof json === 'string') return this.#reference(json, namespace);
    if (Array.isArray(json)) return this.#union(json, namespace);
    if (!isObject(json)) throw new Error(`${JSON.stringify(json)} is no type`);
    switch (json['type']) {
      case 'record':
        return this.#record(json, namespace);
      case 'enum':
        return this.#enum(json, namespace);
      case 'fixed':
        return this.#fixed(json, namespace);
      case 'array':
        return { kind: 'array', items: this.resolve(json['items'], namespace) };
      case 'map':
        return { kind: 'map', values: this.resolve(json['values'], namespace) };
      default:
        return this.resolve(json['type'], namespace);
    }
  }

  #reference(name: string, namespace: string): AvroType {
    const primitive = primitives.find((known) => known === name);
    if (primitive !== undefined) return { kind: 'primitive', name: primitive };
    const found = this.#named.get(qualified(name, namespace)) ?? this.#named.get(name);
    if (found === undefined) throw new Error(`there is no type '${name}'`);
    return found;
  }

  #union(json: readonly unknown[], namespace: string): AvroType {
    const branches = json.map((branch) => this.resolve(branch, namespace));
    const names = branches.map(branchName);
    if (branches.some(({ kind }) => kind === 'union')) throw new Error('a union holds a union');
    if (new Set(names).size < names.length) throw new Error('a union has two branches of one type');
    return { kind: 'union', branches };
  }

  #record(json: JsonObject, outer: string): AvroType {
    const { name, namespace } = nameOf(json, outer);
    const fields: AvroField[] = [];
    const record = this.#define({ kind: 'record', name, fields });
    if (!Array.isArray(json['fields'])) throw new Error(`the record '${name}' has no fields`);
    for (const field of json['fields'] as unknown[]) {
      if (!isObject(field) || typeof field['name'] !== 'string' || !identifier.test(field['name'])) {
        throw new Error(`the record '${name}' has a field without a name`);
      }
      const fieldName = field['name'];
      if (fields.some((other) => other.name === fieldName)) {
        throw new Error(`the record '${name}' has two fields '${fieldName}'`);
      }
      fields.push({ name: fieldName, type: this.resolve(field['type'], namespace) });
    }
    return record;
  }

  #enum(json: JsonObject, outer: string): AvroType {
    const { name } = nameOf(json, outer);
    const symbols: unknown = json['symbols'];
    const isValid =
      Array.isArray(symbols) &&
      symbols.every((symbol) => typeof symbol === 'string' && identifier.test(symbol)) &&
      new Set(symbols).size === symbols.length;
    if (!isValid) throw new Error(`the enum '${name}' has no proper symbols`);
    return this.#define({ kind: 'enum', name, symbols: symbols.map(String) });
  }

  #fixed(json: JsonObject, outer: string): AvroType {
    const { name } = nameOf(json, outer);
    const size = json['size'];
    if (typeof size !== 'number' || !Number.isInteger(size) || size < 0) {
      throw new Error(`the fixed type '${name}' has no size`);
    }
    return this.#define({ kind: 'fixed', name, size });
  }

  #define<T extends AvroType & { readonly name: string }>(type: T): T {
    if (this.#named.has(type.name)) throw new Error(`the type '${type.name}' is declared twice`);
    this.#named.set(type.name, type);
    return type;
  }
}

type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nameOf(json: JsonObject, outer: string): { name: string; namespace: string } {
  const given = json['name'];
  if (typeof given !== 'string' || !given.split('.').every((part) => identifier.test(part))) {
    throw new Error(`${JSON.stringify(given)} is no name`);
  }
  const name = qualified(given, typeof json['namespace'] === 'string' ? json['namespace'] : outer);
  return { name, namespace: name.split('.').slice(0, -1).join('.') };
}

function qualified(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
}
