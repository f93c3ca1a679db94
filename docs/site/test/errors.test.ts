/** The page of errors has the advice of every possible error. */
import { assert, describe, it } from "@effect/vitest"
import { BulkUploadError, RateLimited } from "@sailpoint-bulk-upload/core/BulkUploadError"
import { NotSettled } from "@sailpoint-bulk-upload/core/Watch"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { readFile } from "node:fs/promises"
import { asMarkdown } from "../src/sections/Errors.ts"

/** Seconds differ from error to error. */
const withoutNumbers = (text: string): string => text.replaceAll(/\d+ s\b/gu, "some s")

const page = withoutNumbers(await readFile(new URL("../../errors.md", import.meta.url), "utf8"))

describe("the page of the errors", () => {
  it("the page has the advice of an error with a very long wait", () => {
    const { nextStep } = new RateLimited({ retryAfter: Duration.seconds(1e21) })
    assert.include(page, withoutNumbers(asMarkdown(nextStep)))
  })

  it.prop(
    "the page has the advice of every error",
    [Schema.Union([BulkUploadError, NotSettled])],
    ([{ nextStep }]) => {
      assert.include(page, withoutNumbers(asMarkdown(nextStep)))
    }
  )
})
