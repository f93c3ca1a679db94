/** The body of a 200 answer to the status request. */
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { State } from "../BulkUploadStatus.ts"
import type { Undecodable } from "./classify.ts"
import { parseJson } from "./json.ts"

const isState = Schema.is(State)

/** The form of SailPoint's values; any other text may come from a gateway in between. */
const STATUS = /^[A-Z_]{1,40}$/u

/**
 * Returns the status in a body. The documentation does not require `status`, so an object without any key reads as null.
 * An object with only other keys is another answer, such as an error that came with a 200.
 */
export const decodeStatus = (text: string): Result.Result<State, Undecodable> => {
  const body = Option.getOrUndefined(parseJson(text))
  const isKeyless = Predicate.isObject(body) && Object.keys(body).length === 0
  const given: unknown = Predicate.hasProperty(body, "status") ? body.status : undefined
  const status = isKeyless ? null : given
  if (isState(status)) return Result.succeed(status)
  return Result.fail(
    typeof status === "string" && STATUS.test(status)
      ? {
          reason: `the status is ${status}, a value that this version does not know.`,
          unknownStatus: status
        }
      : {
          reason:
            "the body is not a JSON object whose status is PENDING, IN_PROGRESS, COMPLETED, ERROR or null."
        }
  )
}
