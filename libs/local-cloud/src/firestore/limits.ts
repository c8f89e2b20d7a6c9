/** Limits of production (Standard edition), from its page of quotas. */
export const MAX_DOCUMENT_BYTES = 1_048_576;
export const MAX_REQUEST_BYTES = 10 * 1024 * 1024;
export const MAX_ID_BYTES = 1500;
export const MAX_NAME_BYTES = 6 * 1024;
export const MAX_SUBCOLLECTION_DEPTH = 100;
export const MAX_VALUE_DEPTH = 20;
export const MAX_TRANSFORMS_PER_DOCUMENT = 500;
export const MAX_DISJUNCTIONS = 30;
export const MAX_NOT_IN_VALUES = 10;
export const MAX_INEQUALITY_FIELDS = 10;
/** Filters, sort orders, and one for a parent document. */
export const MAX_QUERY_TERMS = 100;
export const MAX_INDEX_ENTRIES = 40_000;
export const MAX_FIELD_VALUE_BYTES = 1_048_487;
