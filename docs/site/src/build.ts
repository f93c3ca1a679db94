/** Builds the site into `docs/site/dist`. Run it with `pnpm run docs`. */
import { fileURLToPath } from "node:url"
import * as Site from "./Site.ts"

const out = fileURLToPath(new URL("../dist", import.meta.url))

const problems = await Site.build(out)
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.stdout.write(`The site is in ${out}: open index.html there, or run pnpm run docs:serve.\n`)
if (problems.length > 0) process.exitCode = 1
