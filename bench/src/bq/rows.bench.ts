import { rowsAppended } from './rows-appended.ts';
import { rowsStored } from './rows-stored.ts';

export default [rowsAppended, ...rowsStored];
