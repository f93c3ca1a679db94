/**
 * The setting `SAIL_REQUEST_BUDGET`: the part of SailPoint's limit that is this server's, where other
 * integrations use the same client id.
 */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"

export const NAME = "SAIL_REQUEST_BUDGET"

export interface Budget {
  readonly requests: number
  readonly per: Duration.Duration
}

const FORM = /^(\d{1,6})(?: per (\d+ (?:milli|second|minute)s?))?$/u

/** "50", or "50 per 10 seconds"; nothing where it is not set. */
export const read = (value: string | undefined): Result.Result<Budget | undefined, string> => {
  const text = value?.trim() ?? ""
  if (text === "") return Result.succeed(undefined)
  const [, requests = "0", per = "10 seconds"] = FORM.exec(text) ?? []
  const window = Duration.fromInput(per as Duration.Input)
  return Number(requests) > 0 && Option.isSome(window) && !Duration.isZero(window.value)
    ? Result.succeed({ requests: Number(requests), per: window.value })
    : Result.fail(
        `${NAME} cannot be used: expected a number of requests, at least 1, and a time: 50 per 10 seconds.`
      )
}
