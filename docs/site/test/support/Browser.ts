/** A real Chromium without a window, that opens files and nothing else. */
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import { type Browser, chromium } from "playwright-core"

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
const APPLICATIONS = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
]

/** Where it is: named, on the path, or where its installer puts it. */
const find = (): string | undefined => {
  const { CHROMIUM = "", PATH = "" } = process.env
  const folders = PATH.split(delimiter)
  return [
    CHROMIUM,
    ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))),
    ...APPLICATIONS
  ].find((path) => path !== "" && existsSync(path))
}

const executablePath = find()

/**
 * There is no Chromium, and nobody promised one: a person's run counts the tests that need it as skipped. In CI,
 * which installs it, they fail and say what is missing.
 */
export const isMissing: boolean = executablePath === undefined && process.env["CI"] === undefined

export const launch = (): Promise<Browser> => {
  if (executablePath === undefined) {
    throw new Error(
      "There is no Chromium: install it (Debian: apt-get install -y chromium) or name it in CHROMIUM."
    )
  }
  return chromium.launch({
    executablePath,
    args: [
      // A container's root cannot have Chromium's own sandbox; what it opens are our own files.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync"
    ]
  })
}
