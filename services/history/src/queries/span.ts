/** A span of time, from its start to before its end. */
export interface Span {
  readonly from: Date;
  readonly to: Date;
}
