/** Rows in the order of their groups, within a group as they come; and where each group ends among them. */
export interface GroupedRows {
  readonly rows: Uint32Array;
  readonly ends: Uint32Array;
}

/** Groups rows by numbers below `groups`, of which `groupOf` gives one for each. */
export function groupRows(count: number, groups: number, groupOf: (row: number) => number): GroupedRows {
  const ends = new Uint32Array(groups);
  for (let row = 0; row < count; row += 1) {
    const group = groupOf(row);
    ends[group] = (ends[group] ?? 0) + 1;
  }
  let start = 0;
  for (let group = 0; group < groups; group += 1) {
    const size = ends[group] ?? 0;
    ends[group] = start;
    start += size;
  }
  const rows = new Uint32Array(count);
  for (let row = 0; row < count; row += 1) {
    const group = groupOf(row);
    const at = ends[group] ?? 0;
    rows[at] = row;
    ends[group] = at + 1;
  }
  return { rows, ends };
}
