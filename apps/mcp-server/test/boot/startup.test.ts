import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ServerProcess from "../support/ServerProcess.ts"

/** Command lines that cannot be run without settings, and the expected parts of standard error. */
const refused: ReadonlyArray<readonly [line: string, says: RegExp]> = [
  ["serve", /"serve" is not a command.+--help/su],
  ["--client-secret canary", /Unknown option '--client-secret'.+--help/su],
  ["http", /^- SAIL_BASE_URL .+\n- SAIL_CLIENT_ID .+\n- SAIL_CLIENT_SECRET .+\n[^]*--sandbox/mu]
]

describe("the command", { timeout: 20_000 }, () => {
  it.live.each(refused)("the command refuses `%s` on standard error and exits with 2", ([line, says]) =>
    Effect.gen(function* () {
      const { ended } = yield* ServerProcess.start(line.split(" "), {})
      const { code, stderr, stdout } = yield* ended
      assert.deepStrictEqual([code, stdout], [2, ""])
      assert.match(stderr, says)
      assert.notMatch(stderr, /canary|^\s+at |Error:|\.js:\d+/mu)
    })
  )
})
