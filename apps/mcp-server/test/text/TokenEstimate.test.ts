import { assert, describe, it } from "@effect/vitest"
import { cutTo, estimate } from "../../src/text/TokenEstimate.ts"
import { countTokens } from "../support/Tokens.ts"

const texts = [
  ["a sentence", "The newest bulk upload that SailPoint knows of failed with errors; it does not say which."],
  ["an ID", "e136567de87e4d029e60b3c3c55db56d"],
  ["a UUID", "5a4d0000-0000-4000-8000-00000000000e"],
  ["capitals and digits", "EMEA-NE-CTR-2026/Q3 (PROD)"],
  ["German", "Außendienstmitarbeiterüberlassungsverträge"],
  ["Chinese", "外部承包商批量上傳來源"],
  ["Amharic", "የውጭ ሠራተኞች ምንጭ"],
  ["emoji", "🧑🏽‍🚒🦺🪪"],
  ["quotation marks", 'a "source" of "ours"'],
  ["backslashes", "C:\\uploads\\new"]
] as const

describe("the estimate of tokens", () => {
  it.each(texts)("the estimate is not below a tokenizer's count of the JSON: %s", (_, text) => {
    const inJson = JSON.stringify(text.repeat(20))
    // The quotation marks around a text are counted with the keys.
    assert.isAtLeast(estimate(text.repeat(20)) + 2, countTokens(inJson))
  })

  it("the estimate is at most three times too high for plain text, so that lists stay long", () => {
    const [[, sentence]] = texts
    assert.isAtMost(estimate(sentence), 3 * countTokens(sentence))
  })
})

describe("a cut text", () => {
  it.each(texts)("a cut text is its beginning with an ellipsis, and within the limit: %s", (_, text) => {
    const whole = text.repeat(20)
    const cut = cutTo(30, whole)
    assert.isAtMost(estimate(cut), 30)
    assert.isTrue(cut.endsWith("…") && whole.startsWith(cut.slice(0, -1)) && cut.length > 5)
    // A cut must not split a surrogate pair.
    assert.isTrue(cut.isWellFormed())
  })

  it("a text is cut only if it exceeds the limit", () => {
    assert.strictEqual(cutTo(6, "Contractors"), "Contractors")
    assert.strictEqual(cutTo(5, "Contractors"), "Con…")
  })
})
