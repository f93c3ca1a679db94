/** Every generated picture, with its actual and its expected content. */
import * as Effect from "effect/Effect"
import { readFile } from "node:fs/promises"
import { record } from "./picture/Conversation.ts"
import { draw, type Theme } from "./picture/Picture.ts"

const THEMES: ReadonlyArray<Theme> = ["light", "dark"]

export const pictures = async () => {
  const turns = await Effect.runPromise(record)
  return Promise.all(
    THEMES.map(async (theme) => {
      const document = `docs/images/conversation-${theme}.svg`
      const path = new URL(`../../../${document}`, import.meta.url)
      return {
        document,
        path,
        actual: await readFile(path, "utf8").catch(() => ""),
        expected: draw(turns, theme)
      }
    })
  )
}
