// jest.preset.js; a package's jest.config.js is: import preset from '../../jest.preset.js'; export default { ...preset };
import { fileURLToPath } from 'node:url';
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/{src,test}/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', { configFile: fileURLToPath(new URL('.swcrc', import.meta.url)) }] },
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] }, // tests need no build
  testTimeout: 30_000,
  workerIdleMemoryLimit: '512MB',
  passWithNoTests: true,
};
