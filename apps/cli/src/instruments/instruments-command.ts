import { Instrument, paths } from '@bellwether/contracts';
import type { Instrument as DomainInstrument } from '@bellwether/domain';
import { repositoriesOf } from '@bellwether/store';
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
export async function runInstrumentsSet(file: string, { dataDir }: InstrumentsOptions): Promise<void> {
  await withFirestore('instruments', dataDir, async (firestore) => {
    const instruments = await readInstruments(file);
    const repository = repositoriesOf(firestore).instruments;
    for (const instrument of instruments)
      await repository.set(paths.instrument(instrument.symbol), instrument);
    process.stdout.write(`${instruments.length} instruments are described; executors follow at once.\n`);
  });
}

/** @throws InputError that names the entry, the field and the reason. */
export async function readInstruments(file: string): Promise<readonly DomainInstrument[]> {
  const json = await readJson(file);
  const parsed = z.array(Instrument).min(1).safeParse(json);
  if (parsed.success) return parsed.data;
  throw new InputError(
    [`${file}: the instruments are not valid`, ...explainIssues(json, parsed.error)].join('\n'),
  );
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
