import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Conformance from "../support/Conformance.ts"
import * as HttpProcess from "../support/HttpProcess.ts"
import * as Fixtures from "./fixtures/server.ts"

const NO_LIMIT = { MCP_MAX_PER_CALLER: "999999" }

describe("the official conformance suite", { timeout: 180_000 }, () => {
  it.live.each(Conformance.REVISIONS)(
    "finds nothing in the server, by the requirements of %s, but that it is no test server",
    (revision) =>
      Effect.gen(function* () {
        const { url } = yield* HttpProcess.start(
          { url: "http://127.0.0.1:9" },
          { args: ["--sandbox"], env: NO_LIMIT }
        )
        // A baseline that lists what passes is refused, too.
        const { code, summary } = yield* Conformance.run(url, revision, `baseline-${revision}.yaml`)
        assert.strictEqual(code, 0, summary)
        assert.match(summary, /✓ tools-list/u)
      })
  )

  it.live.each(Conformance.REVISIONS)(
    "finds nothing in the HTTP stack, with a test server on it, by the requirements of %s",
    (revision) =>
      Effect.gen(function* () {
        const url = yield* Fixtures.serve
        const { code, summary } = yield* Conformance.run(url, revision)
        assert.strictEqual(code, 0, summary)
        assert.match(summary, /✓ tools-call-with-progress/u)
      })
  )
})
