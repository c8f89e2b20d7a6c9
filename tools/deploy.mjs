// Says what deploying one service will do. Nothing is deployed yet.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const name = (process.argv[2] ?? '').replace('@bellwether/', '');
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
console.log(`would build an image of services/${name} from its dist folder and production dependencies`);
console.log(
  `would push it as ${name}:${version} and roll it out on Cloud Run, without traffic until it is ready`,
);
