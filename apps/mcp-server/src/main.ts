#!/usr/bin/env node
/**
 * The entry of the command `sailpoint-bulk-upload-mcp`. Until the runtime is known to be supported, nothing else is
 * loaded: an older Node cannot even link the rest.
 */
import * as CompileCache from "./boot/CompileCache.ts"
import { unsupportedRuntime } from "./boot/unsupportedRuntime.ts"

const unsupported = unsupportedRuntime()
if (unsupported === undefined) {
  CompileCache.enable()
  void import("./command.ts").then(({ run }) => run())
} else {
  process.stderr.write(`${unsupported}\n`)
  process.exitCode = 2
}
