/** Whether it is made of its own fields alone: no class says more of it. */
export function isPlainObject(content: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(content);
  return prototype === Object.prototype || prototype === null;
}
