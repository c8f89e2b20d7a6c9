import { Instrument, paths } from '@bellwether/contracts';
import type { Instrument as DomainInstrument } from '@bellwether/domain';
import { DocumentBatch } from '@bellwether/store';
import * as z from 'zod';
import { InputError } from '../input-error.ts';
import { readJson } from '../read-json.ts';
import { explainIssues } from '../explain-issues.ts';
import { withFirestore } from '../stored/with-firestore.ts';

export interface InstrumentsOptions {
  readonly json?: boolean;
  readonly dataDir?: string;
}

/** `bellwether instruments list`: every symbol that is described. */
export async function runInstrumentsList({ dataDir, json }: InstrumentsOptions): Promise<void> {
  await withFirestore('instruments', dataDir, async (firestore) => {
    const { docs } = await firestore.collection(paths.instruments()).get();
    const found = docs.map((document) => Instrument.parse(document.data()));
    process.stdout.write(json === true ? `${JSON.stringify(found)}\n` : table(found));
  });
}

/** `bellwether instruments set FILE`: describes the symbols of a JSON list; all of them, or none when one is wrong. */
export async function runInstrumentsSet(file: string, { dataDir, json }: InstrumentsOptions): Promise<void> {
  const instruments = instrumentsOf(await readJson(file), file);
  await withFirestore('instruments', dataDir, async (firestore) => {
    const batch = new DocumentBatch(firestore);
    for (const instrument of instruments) batch.set(paths.instrument(instrument.symbol), instrument);
    await batch.commit();
    const symbols = instruments.map(({ symbol }) => symbol);
    process.stdout.write(
      json === true
        ? `${JSON.stringify(symbols)}\n`
        : `${symbols.join(', ')}: described; executors follow at once.\n`,
    );
  });
}

/** @param name of the file, for messages. @throws InputError that names the entry, the field and the reason. */
export function instrumentsOf(json: unknown, name: string): readonly DomainInstrument[] {
  const parsed = z.array(Instrument).min(1).safeParse(json);
  if (!parsed.success)
    throw new InputError(
      [`${name}: the instruments are not valid`, ...explainIssues(json, parsed.error)].join('\n'),
    );
  const symbols = parsed.data.map(({ symbol }) => symbol);
  const twice = symbols.findIndex((symbol, i) => symbols.indexOf(symbol) < i);
  if (twice >= 0) throw new InputError(`${name}: [${twice}].symbol: "${symbols[twice]}" is there twice`);
  return parsed.data;
}

function table(instruments: readonly DomainInstrument[]): string {
  if (instruments.length === 0) return 'No symbol is described: all are plain, linear and without steps.\n';
  const rows = instruments.map(({ symbol, contract, tickSize, lotSize, minNotional }) =>
    [
      symbol.padEnd(16),
      `${contract.kind} x${contract.multiplier} ${contract.currency}`.padEnd(24),
      `tick ${tickSize ?? '-'}`.padEnd(16),
      `lot ${lotSize ?? '-'}`.padEnd(16),
      `least ${minNotional ?? '-'}`,
    ].join(' '),
  );
  return `${rows.join('\n')}\n`;
}
