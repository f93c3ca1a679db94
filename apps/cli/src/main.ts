#!/usr/bin/env node
/**
 * The entry of the command `sailpoint-bulk-upload`.
 */
import { start } from "@sailpoint-bulk-upload/tooling/start"
import packageJson from "../package.json" with { type: "json" }

start("sailpoint-bulk-upload", packageJson.engines, () => import("./run.ts"))
