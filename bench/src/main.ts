import { parseArgs } from 'node:util';
import { readCatalogue } from './runner/catalogue.ts';
import type { Entry } from './runner/catalogue.ts';
import { targetText } from './runner/judge.ts';
import { awaitQuiet } from './runner/quiet.ts';
import { runApart } from './runner/run-apart.ts';
import type { Result } from './runner/result.ts';
import { select } from './runner/select.ts';
import { tableOf } from './runner/table.ts';

const help = `npm run bench -- [options] [names]

Measures the benchmarks whose names begin with one of the names given, or all of them.

  --json            one JSON line per benchmark on standard output instead of a table
  --list            names, targets and questions, without measuring anything
  --patience <s>    how long a latency waits for a quiet machine before it is measured anyway and not judged (60)
  --help            this text

The exit code is 1 when a target is missed or a benchmark fails, and 2 when the options are wrong.`;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 2;
});

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      patience: { type: 'string', default: '60' },
    },
  });
  if (values.help) return print(help);
  const patience = Number(values.patience);
  if (!(patience >= 0)) throw new Error(`--patience: seconds, not ${values.patience}`);
  const catalogue = await readCatalogue();
  const names = catalogue.map(({ name }) => name);
  const chosen = new Set(select(names, positionals));
  const entries = catalogue.filter(({ name }) => chosen.has(name));
  if (values.list) return print(entries.map(listLine).join('\n'));

  const results: Result[] = [];
  for (const entry of entries) {
    if (entry.benchmark.latency)
      await awaitQuiet(patience, (text) => process.stderr.write(`${entry.name}: ${text}\n`), stop.signal);
    if (stop.signal.aborted) return 1;
    const result = await runApart(entry, stop.signal);
    results.push(result);
    if (values.json) print(JSON.stringify(result));
  }
  if (!values.json) print(tableOf(results));
  return results.some(({ pass }) => pass === false) ? 1 : 0;
}

function listLine({ name, benchmark }: Entry): string {
  return `${name}\n  ${targetText(benchmark.target, benchmark.unit)}\n  ${benchmark.question}`;
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
