/** All rows, in the order in which they run. */
import type { Row } from "../Row.ts"
import { coldStart } from "./coldStart.ts"
import { growth } from "./growth.ts"
import { sharedLimit } from "./sharedLimit.ts"
import { statusCall } from "./statusCall.ts"
import { terminal } from "./terminal.ts"
import { toolCalls } from "./toolCalls.ts"
import { underLimit } from "./underLimit.ts"
import { waiters } from "./waiters.ts"

export const rows: ReadonlyArray<Row> = [
  coldStart,
  terminal,
  statusCall,
  toolCalls,
  underLimit,
  sharedLimit,
  waiters,
  growth
]
