import { Option } from 'commander';
import { InputError } from './input-error.ts';

const longestActor = 128;

// Options of several commands: they mean the same in each.

/** Of every command that works on a cloud: see `withCloud`. */
export function dataDirOption(): Option {
  return new Option(
    '--data-dir <dir>',
    "where a local cloud keeps its data, whether it runs or not; without it the environment's cloud, else that of npm start",
  );
}

/** Of every command that prints one answer. */
export function jsonOption(): Option {
  return new Option('--json', 'prints JSON, on one line');
}

export function actorOption(): Option {
  return new Option('--actor <name>', 'who does it; "cli:" and your login unless given').argParser(actorOf);
}

/** Some commands commit what they are told by themselves: no event can say that nobody did it. @throws InputError */
function actorOf(name: string): string {
  if (name.length >= 1 && name.length <= longestActor) return name;
  throw new InputError(`--actor: must be 1 to ${longestActor} characters that say who`);
}

export function reasonOption(): Option {
  return new Option('--reason <text>', 'why; stored and shown with it').makeOptionMandatory();
}

export function keyOption(): Option {
  return new Option('--key <key>', 'what is sent again under the same key acts once; a new one unless given');
}

export function shardsOption(): Option {
  return new Option('--shards <n>', 'over how many shards symbols are divided; SHARDS unless given, else 2');
}
