import { type Explained, Explanation, type Upload } from "@sailpoint-bulk-upload/core/Explanation"
import { nameVariables } from "@sailpoint-bulk-upload/core/Settings"
import * as Effect from "effect/Effect"
import { answeredInTime } from "./answeredInTime.ts"
import { cutTo, estimate } from "../text/TokenEstimate.ts"

/** In tokens, by an estimate that is nearly twice too high for the English in it. */
const BUDGET = 1_300

/** How much is said of columns and events, from all there is to what fits whatever the tenant's texts are. */
const DETAILS = [
  { columns: 40, name: 40, events: 8, text: 120 },
  { columns: 20, name: 16, events: 4, text: 120 },
  { columns: 10, name: 10, events: 3, text: 40 },
  { columns: 5, name: 8, events: 2, text: 20 }
] as const

const EVENTS_OFF =
  "Audit events were not read: SAIL_AUDIT_EVENTS=true and the scope sp:search:read bring them."

/** What the tool `explain_bulk_upload` answers. */
export const explainBulkUpload = (sourceId: string, upload: Upload) =>
  Effect.flatMap(Explanation, ({ explain }) => explain(sourceId, upload)).pipe(
    answeredInTime({ operation: "status", sourceId }),
    Effect.map((explained) => {
      const isOff = explained.status === "ERROR" && explained.events.outcome === "off"
      return fitting(isOff ? { ...explained, nextStep: `${explained.nextStep} ${EVENTS_OFF}` } : explained)
    })
  )

const fitting = (explained: Explained) => {
  const [most, ...less] = DETAILS
  return less.reduce(
    (fit, detail) => (weight(fit) <= BUDGET ? fit : inDetail(explained, detail)),
    inDetail(explained, most)
  )
}

/** Quotation marks of JSON itself are counted with the signs beside them. */
const weight = (value: object): number => estimate(JSON.stringify(value).replaceAll(/(?<!\\)"/gu, ""))

const inDetail = ({ columns, events, unavailable, ...rest }: Explained, detail: (typeof DETAILS)[number]) => {
  const name = (text: string) => cutTo(detail.name, text)
  const first = <A>(all: ReadonlyArray<A>, use: (one: A) => unknown, rest: (more: string) => unknown) => [
    ...all.slice(0, detail.columns).map(use),
    ...(all.length > detail.columns ? [rest(`... and ${all.length - detail.columns} more`)] : [])
  ]
  const names = (all: ReadonlyArray<string>) => first(all, name, (more) => more)
  return {
    ...rest,
    unavailable: unavailable.map((part) => ({ ...part, nextStep: nameVariables(part.nextStep) })),
    ...(columns && {
      columns: {
        required: names(columns.required),
        optional: names(columns.optional),
        missing: names(columns.missing),
        unknown: first(
          columns.unknown,
          ({ didYouMean, name: given }) => ({
            name: name(given),
            ...(didYouMean === undefined ? {} : { didYouMean: name(didYouMean) })
          }),
          (name) => ({ name })
        ),
        problems: first(
          columns.problems.map((problem) => cutTo(40, problem)),
          (problem) => problem,
          (more) => more
        )
      }
    }),
    events: {
      outcome: events.outcome,
      items: events.items.slice(0, detail.events).map(({ actor, text, ...item }) => ({
        ...item,
        ...(actor === undefined ? {} : { actor: cutTo(detail.text / 2, actor) }),
        ...(text === undefined ? {} : { text: cutTo(detail.text, text) })
      }))
    }
  }
}
