/**
 * The report as text.
 */
import { type Counted, isWell, type Report } from "./Report.ts"
import type { Quantity } from "./Trend.ts"

const NAMES: Readonly<Record<Quantity, string>> = {
  heapBytes: "heap",
  rssBytes: "resident",
  handles: "handles",
  files: "open files"
}

const amount = (quantity: Quantity, value: number): string =>
  quantity === "heapBytes" || quantity === "rssBytes"
    ? `${(value / 1024 / 1024).toFixed(2)} MB`
    : value.toFixed(1)

export const toText = (report: Report): string => {
  const { calls, exits, faults, held, lost, outcomes, restarts, seconds, seed, showsLeaks } = report
  return [
    `${calls} calls in ${seconds} s, seed ${seed}: ${faults} faults, ${restarts} restarts`,
    "",
    "Outcome of calls",
    ...Object.entries(outcomes).map(
      ([outcome, count]) => `  ${outcome.padEnd(22)}${String(count).padStart(7)}`
    ),
    "",
    `Resources of the servers${" ".repeat(7)}${["second quarter", "last quarter", "per minute"].map((head) => head.padStart(16)).join("")}`,
    ...Object.entries(held).flatMap(([name, trends]) =>
      trends.map(({ early, late, leak, quantity, slopePerMinute }) =>
        [
          `  ${name.padEnd(11)}${NAMES[quantity].padEnd(19)}`,
          ...[early, late, slopePerMinute].map((value) => amount(quantity, value).padStart(16)),
          leak ? "  LEAK" : ""
        ].join("")
      )
    ),
    "",
    ...limitLines(report),
    ...Object.entries(exits).map(([name, code]) => `The server ${name} ended with ${code}.`),
    ...lost.slice(0, 10).map((what) => `Lost: ${what}`),
    ...(isWell(report)
      ? [
          "Every call ended, and no answer was lost.",
          showsLeaks ? "No leak." : "Too short to show a leak: run the soak for at least four minutes."
        ]
      : ["The soak failed; see above."]),
    ""
  ].join("\n")
}

const limitLines = ({ limit }: Report): ReadonlyArray<string> =>
  limit === undefined
    ? []
    : [
        `Limit: ${limit.requests} requests in ${limit.windowMillis} ms.`,
        countedLine("While the servers shared the limit", limit.shared),
        ...limit.violations.slice(0, 10).map((window) => `Too many in a window: ${window}`),
        countedLine("While Redis was unavailable, and one window longer", limit.unshared),
        ""
      ]

const countedLine = (when: string, { largest, refused }: Counted): string =>
  `${when}: at most ${largest} requests in a window, ${refused} answers with 429.`
