/**
 * A recorded conversation about an upload. The calls and results are those of the built server on a sandbox; the
 * assistant's sentences are the `meaning` of the results. A test clock makes every recording the same.
 */
import type { Client } from "@modelcontextprotocol/client"
import { Environment, Sandbox, Source } from "@sailpoint-bulk-upload/sandbox"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { withServer } from "../BuiltServer.ts"

export type Turn =
  | { readonly _tag: "User" | "Assistant"; readonly text: string }
  | { readonly _tag: "Call"; readonly call: string; readonly result: string }

const QUESTION = "Did the upload for the retail contractors work?"

const CSV = "accountName,firstName,lastName,email,manager\nw.lee,Wren,Lee,wren.lee@example.com,a.ortiz"

const Sources = Schema.Struct({
  sources: Schema.Array(Schema.Struct({ name: Schema.String, sourceId: Schema.String })),
  total: Schema.Int
})
const Report = Schema.Struct({ status: Schema.String, meaning: Schema.String })
const Waited = Schema.Struct({ ...Report.fields, timedOut: Schema.Boolean, checks: Schema.Int })

/** Decodes the fields of a result that the picture shows, in the given order. */
const shown = <S extends Schema.ConstraintCodec<unknown, unknown>>(schema: S) =>
  Schema.decodeUnknownSync(schema)

export const record: Effect.Effect<ReadonlyArray<Turn>> = Effect.gen(function* () {
  const sandbox = yield* Sandbox.make({ jobTiming: { pending: 0, inProgress: "1 hour" } })
  yield* sandbox.upload(Source.named("Retail").sourceId, CSV)
  const endJob = Effect.runSyncWith(yield* Effect.context())
  return yield* Effect.promise(() =>
    withServer({ env: Environment.variables(sandbox) }, (client) =>
      converse(client, () => void endJob(Effect.asVoid(TestClock.adjust("1 hour"))))
    )
  )
}).pipe(Effect.scoped, Effect.orDie, Effect.provide(TestClock.layer()))

const converse = async (client: Client, endJob: () => void): Promise<ReadonlyArray<Turn>> => {
  const call = async (name: string, args: Record<string, unknown>) =>
    (await client.callTool({ name, arguments: args }, { onprogress: endJob })).structuredContent

  const nameContains = "retail"
  const { sources, total } = shown(Sources)(await call("list_non_employee_sources", { nameContains }))
  const [source] = sources
  if (source === undefined) throw new Error("The source was not found.")
  const { sourceId } = source
  const now = shown(Report)(await call("get_bulk_upload_status", { sourceId }))
  const then = shown(Waited)(await call("wait_for_bulk_upload", { sourceId }))
  return [
    { _tag: "User", text: QUESTION },
    callTurn(
      "list_non_employee_sources",
      { nameContains },
      { total, sources: [{ name: source.name, sourceId }] }
    ),
    callTurn("get_bulk_upload_status", { sourceId }, { status: now.status }),
    { _tag: "Assistant", text: now.meaning },
    { _tag: "User", text: "Let me know when it is done." },
    callTurn(
      "wait_for_bulk_upload",
      { sourceId },
      { status: then.status, timedOut: then.timedOut, checks: then.checks }
    ),
    { _tag: "Assistant", text: then.meaning }
  ]
}

const callTurn = (name: string, args: object, result: object): Turn => ({
  _tag: "Call",
  call: `${name} ${JSON.stringify(args)}`,
  result: JSON.stringify(result)
})
