#!/usr/bin/env node
import { start } from "@sailpoint-bulk-upload/tooling/start"
import packageJson from "../package.json" with { type: "json" }

const load = () => import("./command.ts").then(({ run }) => run())

start("sailpoint-bulk-upload-mcp", packageJson.engines, load)
