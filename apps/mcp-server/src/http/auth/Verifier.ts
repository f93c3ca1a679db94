import type { AuthInfo } from "@modelcontextprotocol/server"
import type { Caller } from "../../telemetry/Caller.ts"

/** The facts about a verified token, without the token itself, so that no code can pass it on. */
export interface Verified extends AuthInfo {
  readonly caller: Caller
}

/** Verifies the tokens of callers, as the SDK expects it, and names the caller. */
export interface Verifier {
  readonly verifyAccessToken: (token: string) => Promise<Verified>
}
