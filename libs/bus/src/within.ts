/** Resolves when `promise` settles, at the latest after so many milliseconds. Never throws. */
export async function within(milliseconds: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await Promise.race([promise, late]);
  } catch {
    // it settled
  } finally {
    clearTimeout(timer);
  }
}
