import { startCloud } from '@bellwether/local-cloud';

// A fresh process that sends its parent how many milliseconds the cloud takes from loaded modules to ready.
const [dataDir] = process.argv.slice(2);
const start = performance.now();
const cloud = await startCloud(dataDir === undefined ? {} : { dataDir });
process.send?.(performance.now() - start);
await cloud.close();
process.disconnect?.();
