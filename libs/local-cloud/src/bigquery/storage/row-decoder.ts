import type { Column } from '../catalogue/column.ts';
import { isRepeated } from '../values/cell.ts';
import type { Cell, RowBatch, Scalar } from '../values/cell.ts';
import { readValue } from './proto-value.ts';
import type { ValueReader } from './proto-value.ts';
import { WireReader } from '../../core/wire-reader.ts';

/** The parts of a FieldDescriptorProto that rows are read with. */
export interface WriterField {
  readonly name: string;
  readonly number: number;
  /** FieldDescriptorProto.Type. */
  readonly type: number;
  readonly isRepeated: boolean;
  /** Of a message. */
  readonly fields?: readonly WriterField[];
}

export interface RowError {
  readonly index: number;
  readonly message: string;
}

export type DecodedRows =
  | { readonly isOk: true; readonly batch: RowBatch }
  | { readonly isOk: false; readonly errors: readonly RowError[] };

/** The writer's schema does not fit the table; `hasExtraFields` when it has fields that the table lacks. */
export class SchemaMismatch extends Error {
  readonly hasExtraFields: boolean;

  constructor(message: string, hasExtraFields: boolean) {
    super(message);
    this.hasExtraFields = hasExtraFields;
  }
}

interface FieldPlan {
  readonly column: number;
  readonly read: ValueReader['read'];
  readonly wireType: number;
  readonly isRepeated: boolean;
}

/** Reads rows of one writer's schema into columns of one table, without a value per row in between. */
export class RowDecoder {
  readonly #columns: readonly Column[];
  readonly #plans: (FieldPlan | undefined)[] = [];

  /** Matches fields to columns by name, whatever the case. */
  constructor(fields: readonly WriterField[], columns: readonly Column[]) {
    this.#columns = columns;
    const written = new Set<number>();
    for (const field of fields) {
      const index = columns.findIndex(({ name }) => name.toLowerCase() === field.name.toLowerCase());
      const column = columns[index];
      if (column === undefined) {
        throw new SchemaMismatch(
          `Input schema has more fields than BigQuery schema, extra fields: '${field.name}'`,
          true,
        );
      }
      if (field.isRepeated !== (column.mode === 'REPEATED')) {
        throw new SchemaMismatch(
          `The field ${field.name} must ${field.isRepeated ? 'not ' : ''}be repeated`,
          false,
        );
      }
      const reader =
        column.type === 'STRUCT' ? readStruct(field, column) : readValue(field.type, column.type);
      if (reader === undefined) {
        throw new SchemaMismatch(
          `The proto field mismatched with BigQuery field at ${field.name}, the proto field type ${field.type}, BigQuery field type ${column.type}`,
          false,
        );
      }
      this.#plans[field.number] = { column: index, ...reader, isRepeated: field.isRepeated };
      written.add(index);
    }
    const missing = columns.find(({ mode }, index) => mode === 'REQUIRED' && !written.has(index));
    if (missing !== undefined) {
      throw new SchemaMismatch(`The required field ${missing.name} is missing in the proto message`, false);
    }
  }

  /** All rows, or the errors of those that cannot be read. */
  decode(rows: readonly Buffer[]): DecodedRows {
    const columns: Cell[][] = this.#columns.map(() => Array.from<Cell>({ length: rows.length }).fill(null));
    const errors: RowError[] = [];
    for (const [index, row] of rows.entries()) {
      try {
        this.#decodeRow(row, index, columns);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        errors.push({ index, message: error.message });
      }
    }
    return errors.length > 0
      ? { isOk: false, errors }
      : { isOk: true, batch: { rowCount: rows.length, columns } };
  }

  #decodeRow(row: Buffer, index: number, columns: Cell[][]): void {
    const reader = new WireReader(row);
    while (!reader.isAtEnd) {
      const tag = reader.smallVarint();
      const plan = this.#plans[Math.floor(tag / 8)];
      if (plan === undefined)
        throw new RangeError(`field ${Math.floor(tag / 8)} is not in the writer's schema`);
      const cells = columns[plan.column] ?? [];
      if (plan.isRepeated) cells[index] = this.#appended(cells[index], plan, tag & 7, reader);
      else if ((tag & 7) === plan.wireType) cells[index] = plan.read(reader);
      else throw new RangeError(`field ${Math.floor(tag / 8)} has wire type ${tag & 7}`);
    }
    for (const [position, { name, mode }] of this.#columns.entries()) {
      const cells = columns[position];
      if (cells === undefined || cells[index] !== null) continue;
      if (mode === 'REPEATED') cells[index] = [];
      if (mode === 'REQUIRED') throw new RangeError(`Field ${name}: value is required`);
    }
  }

  /** Repeated fields of numbers may come packed. */
  #appended(before: Cell | undefined, plan: FieldPlan, wireType: number, reader: WireReader): Cell {
    const items: Scalar[] = isRepeated(before) ? [...before] : [];
    if (wireType === plan.wireType) {
      items.push(plan.read(reader));
    } else if (wireType === 2) {
      const packed = reader.message();
      while (!packed.isAtEnd) items.push(plan.read(packed));
    } else {
      throw new RangeError(`a repeated field has wire type ${wireType}`);
    }
    return items;
  }
}

/** A nested message, read as a row of the struct's fields. */
function readStruct({ fields }: WriterField, column: Column): ValueReader | undefined {
  if (fields === undefined) return undefined;
  const decoder = new RowDecoder(fields, column.fields ?? []);
  return {
    wireType: 2,
    read: (reader) => {
      const decoded = decoder.decode([reader.slice()]);
      if (!decoded.isOk) throw new RangeError(`Field ${column.name}: ${decoded.errors[0]?.message ?? ''}`);
      return { fields: decoded.batch.columns.map(([cell = null]) => cell) };
    },
  };
}
