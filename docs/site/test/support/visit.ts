/** A look at one page of the site, as wide as a phone and as wide as a desk's screen. */
import type { Page } from "playwright-core"

export interface Visit {
  /** Addresses that the page links to. */
  readonly links: ReadonlyArray<string>
  /** What a link can point to with `#`. */
  readonly ids: ReadonlyArray<string>
  /** What is wrong with the page. */
  readonly problems: ReadonlyArray<string>
}

const WIDTHS = [1280, 360]

export const visit = async (page: Page, address: string): Promise<Visit> => {
  const problems: Array<string> = []
  const complain = (problem: string) => problems.push(`${address}: ${problem}`)
  const onError = (error: Error) => complain(error.message)
  page.on("pageerror", onError)
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complain(message.text())
  })
  page.on("requestfailed", (request) => complain(`${request.url()} cannot be had`))
  await page.goto(address)
  // The navigation is made by a script.
  await page.locator(".tsd-navigation a").last().waitFor({ state: "attached" })
  const { ids, links } = await page.evaluate(() => ({
    links: Array.from(document.querySelectorAll("a[href]"), (link) => (link as HTMLAnchorElement).href),
    ids: Array.from(document.querySelectorAll("[id]"), ({ id }) => id)
  }))
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    for (const cut of await page.evaluate(cutOff)) complain(`${cut} at ${width} pixels`)
  }
  page.removeAllListeners()
  return { links, ids, problems }
}

/** What is wider than the page, or than the box that hides what sticks out of it. Runs in the browser. */
const cutOff = (): ReadonlyArray<string> => {
  const { scrollWidth } = document.documentElement
  const wide = scrollWidth > window.innerWidth ? [`the page is ${scrollWidth} pixels wide`] : []
  const hidden = Array.from(document.querySelectorAll<HTMLElement>("[role=main] *, header *"))
    .filter(
      (element) =>
        element.clientWidth > 0 &&
        element.scrollWidth > element.clientWidth + 1 &&
        ["hidden", "clip"].includes(getComputedStyle(element).overflowX)
    )
    .map((element) => `"${element.textContent?.trim().slice(0, 40)}" is cut off`)
  return [...wide, ...hidden]
}
