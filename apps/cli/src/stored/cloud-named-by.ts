import { InputError } from '../input-error.ts';

/** The variables that name the servers of a local cloud, as Google's own emulators have them. */
export const localHosts = [
  'PUBSUB_EMULATOR_HOST',
  'FIRESTORE_EMULATOR_HOST',
  'BIGQUERY_EMULATOR_HOST',
  'BIGQUERY_STORAGE_HOST',
] as const;
export type LocalHost = (typeof localHosts)[number];

/** Which cloud it is: a local one, Google's, or none at all. */
export type NamedCloud =
  | { readonly kind: 'local' }
  | { readonly kind: 'google'; readonly project: string }
  | { readonly kind: 'none' };

/**
 * The cloud that an environment names: one with a local host is all local, one without and with a project is Google's.
 *
 * @param needs the servers that are asked. Google's client of a server that is not named would ask Google.
 * @throws InputError where some of them are local and others are not.
 */
export function cloudNamedBy(environment: NodeJS.ProcessEnv, needs: readonly LocalHost[]): NamedCloud {
  const local = localHosts.filter((name) => isSet(environment[name]));
  const missing = needs.filter((name) => !isSet(environment[name]));
  const { GOOGLE_CLOUD_PROJECT: project } = environment;
  if (local.length > 0) {
    if (missing.length === 0) return { kind: 'local' };
    throw new InputError(
      `${missing.join(', ')}: not set, while ${local.join(', ')} names a local cloud: set what "bellwether cloud" prints, or none for Google Cloud`,
    );
  }
  return isSet(project) ? { kind: 'google', project } : { kind: 'none' };
}

/** Whether it names Google's cloud. */
export function isGoogles(environment: NodeJS.ProcessEnv): boolean {
  return cloudNamedBy(environment, []).kind === 'google';
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
