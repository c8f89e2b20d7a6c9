import { Option } from 'commander';

/** @param variables what names a running system where the option is not given. */
export function dataDirOption(variables = 'FIRESTORE_EMULATOR_HOST says'): Option {
  return new Option(
    '--data-dir <dir>',
    `of a local cloud that is not running; without it ${variables} where`,
  );
}
