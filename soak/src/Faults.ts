/** Random faults of the sandbox. */
import * as Fault from "@sailpoint-bulk-upload/sandbox/Fault"
import type * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Effect from "effect/Effect"
import type { Dice } from "./Dice.ts"

const faults: ReadonlyArray<Fault.Fault> = [
  { _tag: "Respond", status: 500 },
  { _tag: "Respond", status: 401, body: {} },
  { _tag: "Respond", status: 200, body: '{"status":' },
  { _tag: "Respond", status: 200, body: { status: "UNHEARD_OF" } },
  { _tag: "Respond", status: 302, headers: { location: "http://127.0.0.1:9/" } },
  Fault.gatewayPage(502),
  Fault.rateLimited("1"),
  Fault.rateLimited("soon"),
  Fault.oversized(5_000_000),
  { _tag: "Reset" },
  { _tag: "CutOff" },
  { _tag: "Endless" },
  { _tag: "Drip", interval: "200 millis" },
  { _tag: "Silent" },
  { _tag: "Delay", duration: "2 seconds" },
  { _tag: "Echo", status: 400 }
]

/** Plans a fault, or revokes every token. */
export const strike = (sandbox: Sandbox.Service, dice: Dice): Promise<void> =>
  Effect.runPromise(
    dice.chance(0.05)
      ? sandbox.revokeTokens
      : sandbox.fail({
          endpoint: dice.pick(["status", "status", "status", "sources", "token"] as const),
          fault: dice.pick(faults),
          times: dice.between(1, 3)
        })
  )
