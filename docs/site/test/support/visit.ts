/** Visits a page of the site in the widths of a desktop and a phone. */
import type { Page } from "playwright-core"

export interface Visit {
  /** Addresses that the page links to. */
  readonly links: ReadonlyArray<string>
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
  page.on("requestfailed", (request) => complain(`${request.url()} does not load`))
  await page.goto(address)
  // A script makes the navigation.
  await page.locator(".tsd-navigation a").last().waitFor({ state: "attached" })
  const links = await page.evaluate(() =>
    Array.from(document.querySelectorAll<HTMLAnchorElement>("a[href]"), ({ href }) => href)
  )
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    for (const cut of await page.evaluate(cutOff)) complain(`${cut} at ${width} pixels`)
  }
  page.removeAllListeners()
  return { links, problems }
}

/** The elements that are wider than the page or than their box. Runs in the browser. */
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
