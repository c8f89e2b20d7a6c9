import { Catch } from '@nestjs/common';
import type { RpcExceptionFilter } from '@nestjs/common';
import { throwError } from 'rxjs';
import type { Observable } from 'rxjs';

/**
 * Hands errors to the strategy as they were thrown, for `app.useGlobalFilters(new ThrowUnchanged())`.
 *
 * Without it Nest replaces all but `PoisonError` by "Internal server error": the message is still retried, but
 * its line in the log does not say why it failed.
 */
@Catch()
export class ThrowUnchanged implements RpcExceptionFilter<unknown> {
  catch(exception: unknown): Observable<never> {
    return throwError(() => exception);
  }
}
