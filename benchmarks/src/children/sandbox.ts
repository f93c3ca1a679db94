/** A sandbox with so many sources and SailPoint's limit, ten times as fast: 100 requests per second. */
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import { answer } from "../Child.ts"
import { sourceIds } from "../Upstream.ts"

const sources = sourceIds(Number(process.argv[2])).map((sourceId) => ({
  sourceId,
  id: sourceId,
  name: sourceId,
  description: "",
  status: "COMPLETED" as const
}))

await Effect.gen(function* () {
  const sandbox = yield* Sandbox.make({ sources, limit: { requests: 100, per: "1 second" } })
  const run = Effect.runPromiseWith(yield* Effect.context())
  let before = 0
  answer(async (question: "url" | "refused") => {
    if (question === "url") return sandbox.url
    const received = await run(sandbox.received)
    const refused = received.slice(before).filter(({ outcome }) => outcome === 429).length
    before = received.length
    return refused
  })
  return yield* Effect.never
}).pipe(Effect.scoped, Effect.runPromise)
