import { startCloud } from '../src/index.ts';

// A cloud in a process of its own, for a test that kills it. Tells its parent where it listens.
const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('usage: cloud-process.ts DATA_DIR');
const { hosts, project } = await startCloud({ dataDir, discordRateLimits: false });
process.send?.({ hosts, project });
