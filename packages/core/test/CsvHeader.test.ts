import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as CsvHeader from "../src/CsvHeader.ts"

const columns = { required: ["accountName", "firstName", "manager"], optional: ["startDate", "costCenter"] }
const good = "accountName,firstName,manager"
const none = { missing: [], unknown: [], problems: [] }

describe("CsvHeader.check", () => {
  it.each<readonly [string, string, Partial<CsvHeader.Faults>]>([
    ["a header with every required column has no faults", good, {}],
    ["the order of columns does not matter", "manager,costCenter,firstName,accountName", {}],
    ["a line break ends the header", `${good}\r\nw.lee,Wren,Lee,and,others`, {}],
    ["a missing required column is a fault", "accountName,manager", { missing: ["firstName"] }],
    [
      "an unknown column gets the most similar missing column",
      "accountName,fistName,manager,Cost Center",
      {
        missing: ["firstName"],
        unknown: [
          { name: "fistName", didYouMean: "firstName" },
          { name: "Cost Center", didYouMean: "costCenter" }
        ]
      }
    ],
    ["another word gets no similar column", `${good},shoeSize`, { unknown: [{ name: "shoeSize" }] }]
  ])("%s", (_, header, expected) => {
    assert.deepStrictEqual(CsvHeader.check(header, columns), { ...none, ...expected })
  })

  const many = Array.from({ length: 60 }, (_, n) => `x${n}`)
  const named = many.slice(0, 50).map((name) => ({ name }))
  it.each<readonly [string, string, problem: string, Partial<CsvHeader.Faults>]>([
    ["it is empty", "", "Column 1 has no name", { missing: columns.required }],
    ["it is blank and rows follow", "\nw.lee,Wren", "Column 1 has no name", { missing: columns.required }],
    ["a column has no name", `${good},`, "Column 4 has no name", {}],
    ["a column appears twice", `${good},manager`, '"manager" appears more than once', {}],
    ["semicolons separate it", good.replaceAll(",", ";"), "separated by semicolons", {}],
    ["tabs separate it", good.replaceAll(",", "\t"), "separated by tabs", {}],
    ["vertical bars separate it", good.replaceAll(",", "|"), "separated by vertical bars", {}],
    ["a byte-order mark comes first", `\uFEFF${good}`, "byte-order mark", {}],
    ["names are quoted", '"accountName","firstName",\u201Cmanager\u201D', "quotation marks", {}],
    ["spaces surround a name", "accountName, firstName,manager", "spaces around names", {}],
    [
      "a name has a character that is not visible",
      `accountName,\u{200B}firstName,manager`,
      "not visible",
      {
        missing: ["firstName"],
        unknown: [{ name: "firstName", didYouMean: "firstName" }]
      }
    ],
    ["it has more than 50 columns", `${many.join(",")},${good}`, "There are 63 columns", { unknown: named }],
    ["it is too long to read whole", `accountName,${"x".repeat(5_000)}`, "longer than 4096 characters", {}]
  ])("a header has one problem if %s", (_, header, problem, faults) => {
    const { problems, ...others } = CsvHeader.check(header, columns)
    assert.deepStrictEqual({ ...others, problems: [] }, { ...none, ...faults })
    assert.lengthOf(problems, 1)
    assert.include(problems[0], problem)
  })

  const Name = Schema.Union([Schema.Literals([...columns.required, ...columns.optional]), Schema.String])
  it.prop(
    "a header of any names is missing a column or has it, and a name is a column or unknown",
    [Schema.Array(Name)],
    ([names]) => {
      const plain = names.map((name) => name.replace(/[^A-Za-z]/gu, "")).slice(0, 20)
      const { missing, problems, unknown } = CsvHeader.check(plain.join(","), columns)
      const known = [...columns.required, ...columns.optional]
      const given = new Set(plain.filter((name) => name !== ""))
      assert.deepStrictEqual(
        missing,
        columns.required.filter((name) => !given.has(name))
      )
      assert.sameMembers(
        unknown.map(({ name }) => name),
        [...given].filter((name) => !known.includes(name)).map((name) => name.slice(0, 64))
      )
      for (const { didYouMean = "startDate" } of unknown) assert.include(known, didYouMean)
      for (const { didYouMean } of unknown) assert.notInclude(plain, didYouMean)
      assert.lengthOf(
        problems.filter((problem) => problem.includes("more than once")),
        [...given].filter((name) => plain.indexOf(name) !== plain.lastIndexOf(name)).length
      )
    }
  )

  it.prop("the faults of any text are short and on one line", [Schema.String], ([text]) => {
    const { missing, problems, unknown } = CsvHeader.check(text.repeat(40), columns)
    const shown = [...missing, ...unknown.map(({ name }) => name), ...problems].join("")
    assert.notMatch(shown, /[\p{Cc}\u202E]/u)
    assert.isBelow(shown.length, 20_000)
  })
})
