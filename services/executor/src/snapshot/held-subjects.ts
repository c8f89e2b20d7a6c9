import { type ArmedFrom, type LineNumbers, type PriceSeries, whereabouts } from '@bellwether/domain';
import { type GroupedRows, groupRows } from '../subjects/grouped-rows.ts';
import { seriesCodes } from './column-encoder.ts';
import { type SubjectColumns, noEpoch } from './subject-columns.ts';

/** The subjects of a snapshot by rows, and their lines in the integers in which books watch them. */
export class HeldSubjects {
  /** All of their columns but the terms. */
  readonly columns: SubjectColumns;
  /** Their terms, block by block. */
  readonly terms: readonly Uint8Array[];

  constructor(columns: SubjectColumns, terms: readonly Uint8Array[]) {
    this.columns = columns;
    this.terms = terms;
  }

  get size(): number {
    return this.columns.version.length;
  }

  /** Its rows by their symbols, and by the numbers of those; within a symbol as they were written. */
  bySymbol(): GroupedRows {
    const { symbol, nameEnd } = this.columns;
    return groupRows(this.size, nameEnd.length, (row) => symbol[row] ?? 0);
  }

  /** The scale at which the numbers of its lines are counted. */
  scaleAt(row: number): number {
    return this.columns.scale[row] ?? 0;
  }

  /** The lines of a subject are those from here to before the first of the next. */
  firstLineOf(row: number): number {
    return row === 0 ? 0 : (this.columns.linesEnd[row - 1] ?? 0);
  }

  /** @param nameAt gives the names of the snapshot by their numbers. */
  armedFromOf(line: number, nameAt: (number: number) => string): ArmedFrom {
    const at = this.fromOf(line);
    const epoch = this.epochOf(line);
    return epoch === noEpoch ? { at } : { epoch: nameAt(epoch), ordinal: at };
  }

  /** The exchange time from which ticks count for a line; before everything where it counts from a place. */
  countsFrom(line: number): number {
    return this.epochOf(line) === noEpoch ? this.fromOf(line) : -Infinity;
  }

  seriesOf(line: number): PriceSeries {
    return seriesCodes[this.columns.series[line] ?? 0] ?? 'trade';
  }

  /** The number of the name of the epoch from whose ordinal on it counts; `noEpoch` where it counts from a time. */
  epochOf(line: number): number {
    return this.columns.epoch[line] ?? noEpoch;
  }

  /** From which ordinal, or time, it counts. */
  fromOf(line: number): number {
    return this.columns.from[line] ?? 0;
  }

  /** The level or the time of a line that does not trail. */
  valueOf(line: number): number {
    return this.columns.value[line] ?? 0;
  }

  /** One of `whereabouts`: nowhere where it is watched in no integers. */
  whereOf(line: number): number {
    return this.columns.where[line] ?? whereabouts.nowhere;
  }

  numbersOf(line: number): LineNumbers {
    const { columns } = this;
    const where = this.whereOf(line);
    const value = columns.value[line] ?? 0;
    if (where !== whereabouts.fromHighest && where !== whereabouts.fromLowest) return { where, value };
    const trailing = {
      offset: columns.offset[value] ?? 0,
      isRelative: columns.isRelative[value] === 1,
      stop: columns.stop[value] ?? 0,
      movesFrom: columns.movesFrom[value] ?? 0,
    };
    return { where, value: trailing.stop, trailing };
  }
}
