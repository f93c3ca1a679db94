/** The status of a source's newest job. */
import * as Effect from "effect/Effect"
import * as Fault from "../Fault.ts"
import * as Job from "../Job.ts"
import type { Source } from "../Source.ts"
import { type Answer, type Admitted, json } from "./responses.ts"

export const status = ({ now, request, tenant }: Admitted, source: Source): Answer => {
  const job = tenant.jobOf(source)
  const state = job === undefined ? source.status : Job.stateAt(job, now)
  const proceed = Effect.succeed(json(200, state === undefined ? {} : { status: state }))
  const fault = tenant.faultOf(source)
  return fault === undefined ? proceed : Fault.run(fault, request, proceed)
}
