export { connectHistory } from './bigquery/connect.ts';
export { type Span, countEvents, countTicks } from './queries/count-rows.ts';
export { startHistory } from './start-history.ts';
