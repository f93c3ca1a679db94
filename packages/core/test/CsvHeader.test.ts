import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as CsvHeader from "../src/CsvHeader.ts"

const columns = { required: ["accountName", "firstName", "manager"], optional: ["startDate", "costCenter"] }
const good = "accountName,firstName,manager"
const none = { missing: [], unknown: [], problems: [] }

describe("CsvHeader.check", () => {
  it.each<readonly [string, string, Partial<CsvHeader.Faults>]>([
    ["a header with every required column has none", good, {}],
    ["the order does not matter", "manager,costCenter,firstName,accountName", {}],
    ["a line break ends it", `${good}\r\nw.lee,Wren,Lee,who,is,never,read`, {}],
    [
      "a blank first line hides the people in the second",
      "\nw.lee,Wren",
      { missing: ["accountName", "firstName", "manager"], problems: ["Column 1 has no name."] }
    ],
    ["a required column is missing", "accountName,manager", { missing: ["firstName"] }],
    [
      "the nearest column that is not there is named",
      "accountName,fistName,manager",
      { missing: ["firstName"], unknown: [{ name: "fistName", didYouMean: "firstName" }] }
    ],
    [
      "case and spaces are a spelling",
      `${good},Cost Center`,
      { unknown: [{ name: "Cost Center", didYouMean: "costCenter" }] }
    ],
    ["nothing is near to another word", `${good},shoeSize`, { unknown: [{ name: "shoeSize" }] }],
    [
      "a column appears twice",
      `${good},manager`,
      { problems: ['The column "manager" appears more than once.'] }
    ],
    ["a column has no name", `${good},`, { problems: ["Column 4 has no name."] }],
    ...([";", "\t", "|"] as const).map(
      (separator, n) =>
        [
          `${JSON.stringify(separator)} is no comma`,
          good.replaceAll(",", separator),
          {
            problems: [
              `The columns are separated by ${["semicolons", "tabs", "vertical bars"][n]}: use commas.`
            ]
          }
        ] as const
    ),
    [
      "a byte-order mark comes first",
      `\uFEFF${good}`,
      { problems: ["The file begins with a byte-order mark: save it as UTF-8 without one."] }
    ],
    [
      "names are quoted",
      '"accountName","firstName",\u201Cmanager\u201D',
      { problems: ["Names are in quotation marks: whether SailPoint accepts that is not documented."] }
    ],
    [
      "spaces surround a name",
      "accountName, firstName,manager",
      { problems: ["There are spaces around names: whether SailPoint drops them is not documented."] }
    ],
    [
      "more than 50 columns are read, and 50 unknown ones are listed",
      `${Array.from({ length: 60 }, (_, n) => `x${n}`).join(",")},${good}`,
      {
        unknown: Array.from({ length: 50 }, (_, n) => ({ name: `x${n}` })),
        problems: ["There are 63 columns: is this the first line of the file?"]
      }
    ],
    [
      "of a line that is too long, later columns are not called missing",
      `${good.slice(0, 11)},${"x".repeat(5_000)},manager`,
      { problems: ["The line is longer than 4096 characters: later columns were not checked."] }
    ],
    ["it is empty", "", { missing: columns.required, problems: ["Column 1 has no name."] }]
  ])("%s", (_, header, expected) => {
    assert.deepStrictEqual(CsvHeader.check(header, columns), { ...none, ...expected })
  })

  it.prop(
    "of any names, a column is missing or given, and a name is a column or unknown",
    [
      Schema.Array(Schema.Union([Schema.Literals([...columns.required, ...columns.optional]), Schema.String]))
    ],
    ([names]) => {
      const plain = names.map((name) => name.replace(/[^A-Za-z]/gu, "")).slice(0, 20)
      const { missing, problems, unknown } = CsvHeader.check(plain.join(","), columns)
      const known = [...columns.required, ...columns.optional]
      assert.deepStrictEqual(
        missing,
        columns.required.filter((name) => !plain.includes(name))
      )
      assert.sameMembers(
        unknown.map(({ name }) => name),
        [...new Set(plain)]
          .filter((name) => name !== "" && !known.includes(name))
          .map((name) => name.slice(0, 64))
      )
      for (const { didYouMean } of unknown) {
        if (didYouMean !== undefined) assert.isTrue(known.includes(didYouMean) && !plain.includes(didYouMean))
      }
      assert.strictEqual(
        problems.some((problem) => problem.includes("more than once")),
        known.some((name) => plain.indexOf(name) !== plain.lastIndexOf(name)) ||
          unknown.some(({ name }) => plain.indexOf(name) !== plain.lastIndexOf(name))
      )
    }
  )

  it.prop("of any text, what it shows is short and on one line", [Schema.String], ([text]) => {
    const { missing, problems, unknown } = CsvHeader.check(text.repeat(40), columns)
    const shown = [...missing, ...unknown.map(({ name }) => name), ...problems].join("")
    assert.notMatch(shown, /[\p{Cc}\u202E]/u)
    assert.isBelow(shown.length, 20_000)
  })
})
