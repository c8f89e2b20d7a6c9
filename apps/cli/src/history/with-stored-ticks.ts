import { connectHistory } from '@bellwether/history';
import { withCloud } from '../stored/with-cloud.ts';

type BigQuery = ReturnType<typeof connectHistory>;

/** Asks the BigQuery of the cloud that is named. @throws Error that says so where nothing was ever written there. */
export async function withStoredTicks<Value>(
  dataDir: string | undefined,
  ask: (bigquery: BigQuery) => Promise<Value>,
): Promise<Value> {
  try {
    return await withCloud(
      { command: 'history', dataDir, needs: ['BIGQUERY_EMULATOR_HOST'] },
      async ({ environment }) => ask(connectHistory(environment)),
    );
  } catch (error) {
    if (error instanceof Error && /^Not found: (?:Dataset|Table) /.test(error.message))
      throw new Error('no ticks are stored there: no history service has run, and nothing was imported', {
        cause: error,
      });
    throw error;
  }
}
