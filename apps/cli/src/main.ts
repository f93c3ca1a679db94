#!/usr/bin/env node
/**
 * The entry of the command `sailpoint-bulk-upload`.
 */
void import("./run.ts")
