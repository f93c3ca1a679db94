/** The built site in a real browser, opened from its folder without a server and a network. */
import { assert, describe, it } from "@effect/vitest"
import type Axe from "axe-core"
import { existsSync } from "node:fs"
import { createRequire } from "node:module"
import { glob, mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type { Browser } from "playwright-core"
import { afterAll, beforeAll } from "vitest"
import * as Site from "../src/Site.ts"
import * as Chromium from "./support/Browser.ts"
import { visit } from "./support/visit.ts"

const require = createRequire(import.meta.url)

const CORE = "_sailpoint-bulk-upload_core"

/** A long page of each kind. */
const KINDS = [
  `classes/${CORE}.BulkUploadError.RateLimited.html`,
  `interfaces/${CORE}.BulkUploads.Service.html`,
  `functions/${CORE}.BulkUploads.layer.html`,
  `types/${CORE}.BulkUploadError.BulkUploadError.html`,
  `variables/${CORE}.BulkUploads.layerApiClient.html`
]

const withoutHash = (link: string): string => link.replace(/#.*/u, "")

describe.skipIf(Chromium.isMissing)("the site", { timeout: 300_000 }, () => {
  let folder: string
  let problems: ReadonlyArray<string>
  let browser: Browser

  const address = (page: string) => pathToFileURL(join(folder, page)).href

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "site-"))
    browser = await Chromium.launch()
    problems = await Site.build(folder)
  }, 300_000)

  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it("the build reports no export without a description and no broken link in a docstring", () => {
    assert.deepStrictEqual(problems, [])
  })

  it("every page of the site is linked, and every link has a target", async () => {
    const tab = await browser.newPage()
    const { links } = await visit(tab, address("index.html"))
    await tab.close()
    const files = await Array.fromAsync(glob("**/*.html", { cwd: folder }))
    const pages = new Map(
      await Promise.all(
        files.map(async (file) => [address(file), await readFile(join(folder, file), "utf8")] as const)
      )
    )
    const linked = new Set(links.map(withoutHash))
    const dead: Array<string> = []
    for (const [url, html] of pages) {
      for (const [, href = ""] of html.matchAll(/<a [^>]*?href="([^"]*)"/gu)) {
        const link = new URL(href.replaceAll("&amp;", "&"), url)
        const target = withoutHash(link.href)
        if (link.protocol === "https:") continue
        if (target !== url) linked.add(target)
        const id = decodeURIComponent(link.hash.slice(1))
        const page = pages.get(target)
        const isThere = page === undefined ? existsSync(link) : id === "" || page.includes(`id="${id}"`)
        if (!isThere || target.endsWith(".md")) dead.push(`${url} links to ${href}`)
      }
    }
    assert.deepStrictEqual(dead, [])
    const lonely = [...pages.keys()].filter((url) => !linked.has(url))
    assert.deepStrictEqual(lonely, [])
  })

  it("pages of every kind fit on a desktop and on a phone", async () => {
    const files = await Array.fromAsync(glob(["documents/*.html", "modules/*.html"], { cwd: folder }))
    const left = ["index.html", ...files, ...KINDS].map(address).values()
    const problems: Array<string> = []
    const look = async () => {
      const tab = await browser.newPage()
      for (const url of left) problems.push(...(await visit(tab, url)).problems)
      await tab.close()
    }
    await Promise.all([look(), look()])
    assert.deepStrictEqual(problems, [])
  })

  it("the search finds an export with the keyboard alone", async () => {
    const page = await browser.newPage()
    await page.goto(address("index.html"))
    await page.locator(".tsd-navigation a").last().waitFor({ state: "attached" })
    await page.keyboard.press("/")
    await page.keyboard.type("awaitSettled")
    await page.locator("#tsd-search-results a", { hasText: "awaitSettled" }).first().waitFor()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.waitForURL(/Service\.html#awaitsettled$/u)
    assert.isTrue(await page.getByRole("heading", { name: "awaitSettled" }).isVisible())
    await page.close()
  })

  it("axe finds no accessibility problem in light and in dark mode", async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    const violations: Array<string> = []
    for (const file of ["index.html", "documents/team.html", ...KINDS.slice(0, 2)]) {
      await page.goto(address(file))
      await page.locator(".tsd-navigation a").last().waitFor({ state: "attached" })
      await page.addScriptTag({ path: require.resolve("axe-core") })
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme })
        const found = await page.evaluate(violated)
        violations.push(...found.map((violation) => `${file}, ${colorScheme}: ${violation}`))
      }
    }
    await page.close()
    assert.deepStrictEqual(violations, [])
  })
})

/** Returns the violations that axe finds on the page. Runs in the browser. */
const violated = async (): Promise<ReadonlyArray<string>> => {
  const { violations } = await (globalThis as unknown as { axe: typeof Axe }).axe.run(document, {
    // In the theme, a summary contains a link. Both work with the keyboard.
    rules: { "nested-interactive": { enabled: false }, "heading-order": { enabled: false } }
  })
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`
  )
}
