// `node --import` it: a process of a test loads our sources as jest does, without a build.
import { transformSync } from '@swc/core';
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const configFile = fileURLToPath(new URL('../../../.swcrc', import.meta.url));

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith('.ts')) return nextLoad(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), { filename, configFile });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
