import { readCatalogue } from './catalogue.ts';
import { measure } from './measure.ts';
import { readMachine } from './machine.ts';
import { resultOf } from './result.ts';
import type { Result } from './result.ts';

// The process of one benchmark: measures the one that its argument names and sends the result to its parent.
const name = process.argv[2] ?? '';
const progress = (text: string): void => void process.stderr.write(`${name}: ${text}\n`);

const machine = readMachine();
const benchmark = (await readCatalogue()).find((entry) => entry.name === name)?.benchmark;
if (benchmark === undefined) throw new Error(`no benchmark is named ${name}`);

progress('setting up');
const fixture = await benchmark.setup(progress);
let result: Result;
try {
  await benchmark.check?.(fixture);
  const samples = await measure(benchmark, fixture, progress);
  result = resultOf(name, benchmark, samples, machine);
} finally {
  await benchmark.close?.(fixture);
}
process.send?.(result, () => process.exit(0)); // whatever timer or socket a client has left
