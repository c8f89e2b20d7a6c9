import { drawCurve } from '../chart/draw-curve.ts';
import { encodePng } from '../chart/png.ts';
import type { Notice } from '../notices/notice.ts';
import { describeNotice } from './describe-notice.ts';

/** By which the embed of an alert names its picture. @param index of the alert in its message. */
export function chartName(index: number): string {
  return `chart-${index}.png`;
}

export interface ChartFile {
  readonly name: string;
  readonly png: Buffer;
}

/** The pictures of alerts that have one. */
export function chartsOf(alerts: readonly { readonly notice: Notice }[]): readonly ChartFile[] {
  return alerts.flatMap(({ notice }, index) => {
    const { chart } = describeNotice(notice);
    return chart === undefined ? [] : [{ name: chartName(index), png: encodePng(drawCurve(chart)) }];
  });
}

/** A picture as a form takes it. */
export function blobOf({ png }: ChartFile): Blob {
  return new Blob([new Uint8Array(png)], { type: 'image/png' });
}

/** A message as Discord takes it: JSON, or where its alerts have pictures a form with them. */
export function withCharts(
  message: object,
  alerts: readonly { readonly notice: Notice }[],
): string | FormData {
  const charts = chartsOf(alerts);
  if (charts.length === 0) return JSON.stringify(message);
  const form = new FormData();
  form.set('payload_json', JSON.stringify(message));
  for (const [index, chart] of charts.entries()) form.set(`files[${index}]`, blobOf(chart), chart.name);
  return form;
}
