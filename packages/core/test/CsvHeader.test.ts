import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as CsvHeader from "../src/CsvHeader.ts"

const columns = {
  required: ["accountName", "firstName", "manager"],
  optional: ["startDate", "costCenter", "lastName"]
}
const good = "accountName,firstName,manager"
const many = Array.from({ length: 60 }, (_, n) => `x${n}`)
const named = many.map((name) => ({ name }))

/** The faults of a header without the column firstName. */
const lacking = (name: string) => ({ missing: ["firstName"], unknown: [{ name, didYouMean: "firstName" }] })
const x0 = { unknown: [{ name: "x0" }] }

describe("CsvHeader.check", () => {
  it.for<readonly [string, string, problems: ReadonlyArray<string>, Partial<CsvHeader.Faults>?]>([
    ["with every required column", good, []],
    ["in another order", "manager,costCenter,firstName,accountName", []],
    ["before a line break and long rows", `${good}\r\nw.lee,Wren,Lee${",".repeat(5_000)}`, []],
    ["without a required column", "accountName,manager", [], { missing: ["firstName"] }],
    [
      "with misspelled columns",
      "accountName,accountNam,managermanager,fiName,maxxnager,COST CENTER,startDbbb,lstName",
      [],
      {
        missing: ["firstName", "manager"],
        unknown: [
          { name: "accountNam" },
          { name: "managermanager" },
          { name: "fiName", didYouMean: "firstName" },
          { name: "maxxnager", didYouMean: "manager" },
          { name: "COST CENTER", didYouMean: "costCenter" },
          { name: "startDbbb", didYouMean: "startDate" },
          { name: "lstName", didYouMean: "lastName" }
        ]
      }
    ],
    ["with another word", `${good},shoeSize`, [], { unknown: [{ name: "shoeSize" }] }],
    ["with a quotation mark in a name", "accountName,first'Name,manager", [], lacking("first'Name")],
    ["of 50 columns", `${many.slice(0, 47).join(",")},${good}`, [], { unknown: named.slice(0, 47) }],
    ["of 4,096 characters", `${good},`.padEnd(4_096, "x"), [], { unknown: [{ name: `${"x".repeat(63)}…` }] }],
    [
      "of 5,000 characters",
      `${"accountName,x0,".padEnd(5_000, "x")},x1`,
      ["longer than 4096 characters"],
      x0
    ],
    [
      "of more than 50 columns that appear twice",
      [...many, ...many, good].join(","),
      ["There are 123 columns", ...many.slice(0, 50).map((name) => `"${name}" appears more than once`)],
      { unknown: named.slice(0, 50) }
    ],
    ["that is empty", "", ["Column 1 has no name"], { missing: columns.required }],
    ["that is blank before rows", "\nw.lee,Wren", ["Column 1 has no name"], { missing: columns.required }],
    ["with columns without a name", `${good},,`, ["Column 4 has no name"]],
    ["with a column three times", `${good},manager,manager`, ['"manager" appears more than once']],
    ["with semicolons", good.replaceAll(",", ";"), ["separated by semicolons"]],
    ["with tabs", good.replaceAll(",", "\t"), ["separated by tabs"]],
    ["with vertical bars", good.replaceAll(",", "|"), ["separated by vertical bars"]],
    [
      "with the separator that finds the most columns",
      "'accountName';'firstName';'manager|x|y|z'",
      ["separated by semicolons", "quotation marks"],
      { missing: ["manager"], unknown: [{ name: "manager|x|y|z" }] }
    ],
    [
      "of a semicolon",
      ";",
      ["separated by semicolons", "Column 1 has no name"],
      { missing: columns.required }
    ],
    ["with a byte-order mark", `\uFEFF${good}`, ["byte-order mark"]],
    ["with a byte-order mark in Latin-1", `\u00EF\u00BB\u00BF${good}`, ["byte-order mark"]],
    ["with names in quotation marks", 'accountName,"firstName",\u201Cmanager\u201D', ["quotation marks"]],
    ["with a quoted comma", 'accountName,"first,Name",manager', ["quotation marks"], lacking("first,Name")],
    ["with spaces around a name", "accountName, firstName,manager", ["spaces around names"]],
    ["with an invisible letter", "accountName,first\uFEFFName,manager", ["not visible"], lacking("firstName")]
  ])("check returns the faults of a header %s", ([, header, problems, faults]) => {
    const found = CsvHeader.check(header, columns)
    assert.deepStrictEqual(found, { missing: [], unknown: [], ...faults, problems: found.problems })
    assert.lengthOf(found.problems, problems.length)
    for (const [n, problem] of problems.entries()) assert.include(found.problems[n], problem)
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
