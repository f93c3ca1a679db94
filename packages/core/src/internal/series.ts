/**
 * The series of a metric, each made once: to make one costs more than to update it.
 */
import * as Metric from "effect/Metric"

/** The series of a metric by the value of one attribute, of which there are few. */
export const seriesBy = <Input, State>(
  metric: Metric.Metric<Input, State>,
  attribute: string
): ((value: string) => Metric.Metric<Input, State>) =>
  memoized((value: string) => Metric.withAttributes(metric, { [attribute]: value }))

/** What a function gives, kept for every argument that it ever had. */
export const memoized = <K, A>(make: (key: K) => A): ((key: K) => A) => {
  const known = new Map<K, A>()
  return (key) => {
    let value = known.get(key)
    if (value === undefined) {
      value = make(key)
      known.set(key, value)
    }
    return value
  }
}
