/** How `pnpm run docs:serve` shows the built site. */
import { defineConfig } from "vite"

export default defineConfig({
  // Every page is a file; a path that is none gets 404, not the first page.
  appType: "mpa",
  logLevel: "warn",
  preview: { host: "127.0.0.1", port: 3918, open: false }
})
