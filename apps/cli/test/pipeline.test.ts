import { assert, describe, it } from "@effect/vitest"
import * as Sandbox from "@sailpoint-bulk-upload/sandbox/Sandbox"
import * as Source from "@sailpoint-bulk-upload/sandbox/Source"
import * as Effect from "effect/Effect"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { envOf, MAIN, run, temporaryFolder } from "./support/Command.ts"

const PAGE = readFileSync(new URL("../../../docs/terminal.md", import.meta.url), "utf8")
const [, SCRIPT = ""] = /<!-- pipeline: bash -->\n+```bash\n(.*?)```/su.exec(PAGE) ?? []

const HEADER = "accountName,firstName,lastName,phone,email,manager,startDate,endDate"
const row = (manager: string): string =>
  `w.lee,Wren,Lee,5125550100,w.lee@example.com,${manager},2026-01-01T00:00:00Z,2027-01-01T00:00:00Z`

describe("the bash script in the documents", { timeout: 180_000 }, () => {
  for (const [name, manager, code, says] of [
    ["the script ends with 0 after a complete upload", "a.ortiz", 0, /The upload is complete\.\n$/u],
    ["the script ends with 5 after a failed upload", "nobody", 5, /The upload failed\./u]
  ] as const) {
    it.live(name, () =>
      Effect.gen(function* () {
        const folder = yield* temporaryFolder
        const sandbox = yield* Sandbox.make()
        const csv = join(folder, "contractors.csv")
        writeFileSync(csv, `${HEADER}\n${row(manager)}\n`)
        const command = `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`
        writeFileSync(join(folder, "sailpoint-bulk-upload"), command, { mode: 0o755 })
        const ended = yield* run([Source.named("Contractors").sourceId, csv], {
          program: ["bash", "--norc", "-c", SCRIPT, "upload.sh"],
          env: { ...envOf(sandbox), PATH: `${folder}:${process.env["PATH"] ?? ""}` }
        })
        assert.strictEqual(ended.code, code, ended.stderr)
        assert.match(ended.stdout, says)
      })
    )
  }
})
