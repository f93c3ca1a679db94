/** A file with a secret, which is removed when the scope closes. */
import * as Effect from "effect/Effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "./Tarball.ts"

export const make = (content: string) =>
  Effect.gen(function* () {
    const path = join(yield* temporaryFolder, "secret")
    const write = (text: string) => Effect.sync(() => writeFileSync(path, text))
    yield* write(content)
    return { path, write }
  })
