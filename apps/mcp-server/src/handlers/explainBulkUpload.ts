import { type Explained, Explanation, type Upload } from "@sailpoint-bulk-upload/core/Explanation"
import { nameVariables } from "@sailpoint-bulk-upload/core/Settings"
import * as Effect from "effect/Effect"
import { answeredInTime } from "./answeredInTime.ts"
import { cutTo, estimate } from "../text/TokenEstimate.ts"

/** The limit of an explanation, by an estimate that is nearly twice the real number for English. */
const MAX_TOKENS = 1_300

/** The levels of detail of columns and events. The last one always fits. */
const DETAILS = [
  { columns: 40, name: 40, events: 8, text: 120 },
  { columns: 20, name: 16, events: 4, text: 120 },
  { columns: 10, name: 10, events: 3, text: 40 },
  { columns: 5, name: 8, events: 2, text: 20 }
] as const

const EVENTS_OFF =
  "Audit events are off: to read them, set SAIL_AUDIT_EVENTS=true and use a token with the scope sp:search:read."

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
    (fit, detail) => (weight(fit) <= MAX_TOKENS ? fit : inDetail(explained, detail)),
    inDetail(explained, most)
  )
}

/** Estimates the tokens of a value in JSON, where tokenizers join each quotation mark with its neighbor. */
const weight = (value: object): number => estimate(JSON.stringify(value).replaceAll(/(?<!\\)"/gu, ""))

const inDetail = ({ columns, events, unavailable, ...rest }: Explained, detail: (typeof DETAILS)[number]) => {
  const name = (text: string) => cutTo(detail.name, text)
  const first = <A, B>(all: ReadonlyArray<A>, use: (one: A) => B, toRest: (more: string) => B) => [
    ...all.slice(0, detail.columns).map(use),
    ...(all.length > detail.columns ? [toRest(`... and ${all.length - detail.columns} more`)] : [])
  ]
  const texts = (all: ReadonlyArray<string>, use = name) => first(all, use, (more) => more)
  return {
    ...rest,
    unavailable: unavailable.map((part) => ({ ...part, nextStep: nameVariables(part.nextStep) })),
    ...(columns && {
      columns: {
        required: texts(columns.required),
        optional: texts(columns.optional),
        missing: texts(columns.missing),
        unknown: first(
          columns.unknown,
          ({ didYouMean, name: given }): { readonly name: string; readonly didYouMean?: string } => ({
            name: name(given),
            ...(didYouMean && { didYouMean: name(didYouMean) })
          }),
          (name) => ({ name })
        ),
        problems: texts(columns.problems, (problem) => cutTo(45, problem))
      }
    }),
    events: {
      outcome: events.outcome,
      items: events.items.slice(0, detail.events).map(({ actor, text, ...item }) => ({
        ...item,
        ...(actor && { actor: cutTo(detail.text / 2, actor) }),
        ...(text && { text: cutTo(detail.text, text) })
      }))
    }
  }
}
