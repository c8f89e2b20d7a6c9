import { Option } from 'commander';

/** Of every command that works on a cloud: see `withCloud`. */
export function dataDirOption(): Option {
  return new Option(
    '--data-dir <dir>',
    "where a local cloud keeps its data, whether it runs or not; without it the environment's cloud, else that of npm start",
  );
}
