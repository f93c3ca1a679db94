import { defineConfig } from "vitest/config"

const project = (root: string, name: string, globalSetup: Array<string> = []) => ({
  test: { name, root, include: ["test/**/*.test.ts"], globalSetup }
})

export default defineConfig({
  test: {
    // Most tests wait for processes and timers, so they do not need the core that vitest keeps free by default.
    maxWorkers: "100%",
    projects: [
      project("packages/core", "core"),
      project("packages/sandbox", "sandbox"),
      project("apps/mcp-server", "mcp-server", ["test/support/RedisServer.ts"]),
      project("apps/cli", "cli"),
      project("docs/site", "docs"),
      project("examples", "examples"),
      project("benchmarks", "benchmarks"),
      project("soak", "soak")
    ]
  }
})
