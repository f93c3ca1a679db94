/**
 * What is on the heap once the garbage is collected, twice, since what the first collection finalizes the second frees.
 */
export const settledHeap = (): number => {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
