export { type BooksReport, checkBooks } from './check/check-books.ts';
export { startLedger } from './start-ledger.ts';
