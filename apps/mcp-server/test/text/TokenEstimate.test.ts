import { assert, describe, it } from "@effect/vitest"
import { cutTo, estimate } from "../../src/text/TokenEstimate.ts"
import { countTokens } from "../support/Tokens.ts"

const texts = [
  ["a sentence", "The newest bulk upload that SailPoint knows of failed with errors; it does not say which."],
  ["an id", "e136567de87e4d029e60b3c3c55db56d"],
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
  it.each(texts)("is not below what a tokenizer counts in JSON: %s", (_, text) => {
    const inJson = JSON.stringify(text.repeat(20))
    // The two quotation marks around it are counted with the keys.
    assert.isAtLeast(estimate(text.repeat(20)) + 2, countTokens(inJson))
  })

  it("is at most three times too high for plain text, so that lists need not be shorter than they must", () => {
    const [[, sentence]] = texts
    assert.isAtMost(estimate(sentence), 3 * countTokens(sentence))
  })
})

describe("a text that is cut to tokens", () => {
  it.each(texts)("keeps within them, is a beginning, and tells of the cut: %s", (_, text) => {
    const whole = text.repeat(20)
    const cut = cutTo(30, whole)
    assert.isAtMost(estimate(cut), 30)
    assert.isTrue(cut.endsWith("…") && whole.startsWith(cut.slice(0, -1)) && cut.length > 5)
    // Half of a surrogate pair would be no text.
    assert.isTrue(cut.isWellFormed())
  })

  it("is left as it is when it fits, and not when it does not", () => {
    assert.strictEqual(cutTo(6, "Contractors"), "Contractors")
    assert.strictEqual(cutTo(5, "Contractors"), "Con…")
  })
})
