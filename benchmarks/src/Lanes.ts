/** So many at a time: that many lanes, each of which takes the next one whenever it is done with one. */
export const inLanes =
  (call: (sourceId: string) => Promise<unknown>) =>
  async (sourceIds: ReadonlyArray<string>, concurrency: number): Promise<void> => {
    let next = 0
    const lane = async (): Promise<void> => {
      for (let sourceId = sourceIds[next++]; sourceId !== undefined; sourceId = sourceIds[next++]) {
        await call(sourceId)
      }
    }
    await Promise.all(Array.from({ length: Math.min(concurrency, sourceIds.length) }, lane))
  }
