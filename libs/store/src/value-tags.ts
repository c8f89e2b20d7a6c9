/** Tags of google.firestore.v1.Value, MapValue and ArrayValue: field number and wire type in one. */
export const tag = {
  boolean: 0x08,
  integer: 0x10,
  double: 0x19,
  map: 0x32,
  array: 0x4a,
  timestamp: 0x52,
  null: 0x58,
  text: 0x8a,
  bytes: 0x92,
  arrayValue: 0x0a,
  mapField: 0x0a,
} as const;

/** Within an entry of a map of values. */
export const inEntry = { key: 0x0a, value: 0x12 } as const;
