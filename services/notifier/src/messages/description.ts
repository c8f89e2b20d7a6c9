import type { Curve } from '../chart/draw-curve.ts';
import type { Severity } from '../rules/alert-rule.ts';

/** A name and what it is. */
export type Detail = readonly [name: string, value: string];

/** What a notice says, as raw text, for every kind of channel: nothing of it is escaped or cut yet. */
export interface Description {
  /** One line that can be read in a phone's preview. */
  readonly headline: string;
  readonly details: readonly Detail[];
  /** What it lists, a line for each. */
  readonly lines?: readonly string[];
  /** To be shown as a picture, where the channel can. */
  readonly chart?: Curve;
  readonly severity: Severity;
  /** RGB. */
  readonly color: number;
  /** True when no money moved: the shadow broker filled it. */
  readonly isShadow: boolean;
}

/** What a notice says before its severity colours it. */
export type Words = Pick<Description, 'headline' | 'details' | 'lines' | 'chart'> & {
  readonly isShadow?: boolean;
};
