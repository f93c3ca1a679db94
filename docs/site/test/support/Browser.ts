/** A real Chromium without a window, which opens only files. */
import { existsSync } from "node:fs"
import { delimiter, join } from "node:path"
import { type Browser, chromium } from "playwright-core"

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"]
const APPLICATIONS = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
]

/** Finds the program: named in CHROMIUM, on the path, or in the folder of its installer. */
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

/** Whether the tests that need Chromium are skipped; in CI they fail instead. */
export const isMissing: boolean = executablePath === undefined && process.env["CI"] === undefined

export const launch = (): Promise<Browser> => {
  if (executablePath === undefined) {
    throw new Error(
      "Chromium is missing: install it (Debian: apt-get install -y chromium), or name it in CHROMIUM."
    )
  }
  return chromium.launch({
    executablePath,
    args: [
      // Chromium's sandbox does not work as root, and Chromium opens only files of this project.
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
