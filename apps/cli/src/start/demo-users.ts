import { type AccountRef, mainAccount } from '@bellwether/contracts';

export const demoTenant = 'demo';

/** Three people who trade in the demo. */
export const demoAccounts: readonly AccountRef[] = ['ana', 'ben', 'chloe'].map((uid) =>
  mainAccount(demoTenant, uid),
);
