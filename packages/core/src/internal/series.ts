/**
 * The series of a metric, each made once: to make one costs more than to update it.
 */
import * as Metric from "effect/Metric"
import { memoized } from "./memoized.ts"

/** The series of a metric by the value of one attribute, of which there are few. */
export const seriesBy = <Input, State>(
  metric: Metric.Metric<Input, State>,
  attribute: string
): ((value: string) => Metric.Metric<Input, State>) =>
  memoized((value: string) => Metric.withAttributes(metric, { [attribute]: value }))
