/** The gRPC status codes that the bus tells apart. */
export const grpcStatus = { notFound: 5, alreadyExists: 6 } as const;

/** The gRPC status code of an error of Google's client. */
export function codeOf(error: unknown): number | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'number' ? code : undefined;
}
