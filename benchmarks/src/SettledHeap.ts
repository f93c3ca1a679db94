/** Returns the bytes on the heap after two collections: the second frees what the first one finalizes. */
export const settledHeap = (): number => {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
