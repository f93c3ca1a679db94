/**
 * A file with a secret, in a folder that is gone when the scope closes.
 */
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

export const make = (content: string) =>
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "secret-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
  ).pipe(
    Effect.map((folder) => {
      const path = join(folder, "secret")
      const write = (text: string) => Effect.sync(() => writeFileSync(path, text))
      return { path, write }
    }),
    Effect.tap(({ write }) => write(content))
  )
