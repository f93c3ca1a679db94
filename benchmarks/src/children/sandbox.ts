/** A sandbox with a limit and a number of sources; answers with its URL, or the requests since the last question. */
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import { answer } from "../Child.ts"
import { sourceIds } from "../Client.ts"
import type { Limit } from "../UnderLimit.ts"

const [sources = "", limit = ""] = process.argv.slice(2)
const { millis, requests }: Limit = JSON.parse(limit)

await Effect.gen(function* () {
  const sandbox = yield* Sandbox.make({
    sources: sourceIds(Number(sources)).map((sourceId) => ({
      sourceId,
      id: sourceId,
      name: sourceId,
      description: "",
      status: "COMPLETED"
    })),
    limit: { requests, per: millis }
  })
  const run = Effect.runPromiseWith(yield* Effect.context())
  let before = 0
  answer(async (question: "url" | "received") => {
    if (question === "url") return sandbox.url
    const received = await run(sandbox.received)
    const since = received.slice(before)
    before = received.length
    return since
  })
  return yield* Effect.never
}).pipe(Effect.scoped, Effect.runPromise)
