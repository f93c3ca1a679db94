import type { AuthInfo } from "@modelcontextprotocol/server"
import type { Caller } from "../../telemetry/Caller.ts"

/** A verified token, which is left out so that it cannot be passed on. */
export interface Verified extends AuthInfo {
  readonly caller: Caller
}

/** Verifies the tokens of callers, as the SDK expects it, and names the caller. */
export interface Verifier {
  readonly verifyAccessToken: (token: string) => Promise<Verified>
}
