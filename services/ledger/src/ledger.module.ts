import { type DynamicModule, Module } from '@nestjs/common';
import { Books } from './books/books.ts';
import { CommitController } from './commits/commit.controller.ts';

@Module({})
export class LedgerModule {
  /** The books are a plain object, built by `startLedger`. */
  static with(books: Books): DynamicModule {
    return {
      module: LedgerModule,
      controllers: [CommitController],
      providers: [{ provide: Books, useValue: books }],
    };
  }
}
