import { drawCurve } from '../chart/draw-curve.ts';
import { encodePng } from '../chart/png.ts';
import type { Notice } from '../notices/notice.ts';
import { describeNotice } from './describe-notice.ts';

/** By which the embed of an alert names its picture. @param index of the alert in its message. */
export function chartName(index: number): string {
  return `chart-${index}.png`;
}

/** A message as Discord takes it: JSON, or where its alerts have pictures a form with them. */
export function withCharts(
  message: object,
  alerts: readonly { readonly notice: Notice }[],
): string | FormData {
  const charts = alerts.flatMap(({ notice }, index) => {
    const { chart } = describeNotice(notice);
    return chart === undefined ? [] : [{ name: chartName(index), png: encodePng(drawCurve(chart)) }];
  });
  if (charts.length === 0) return JSON.stringify(message);
  const form = new FormData();
  form.set('payload_json', JSON.stringify(message));
  for (const [index, { name, png }] of charts.entries())
    form.set(`files[${index}]`, new Blob([new Uint8Array(png)], { type: 'image/png' }), name);
  return form;
}
