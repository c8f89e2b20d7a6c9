/** What a ledger has booked since its process started. */
export class BookingCounts {
  commits = 0;
  events = 0;
  entries = 0;
  trades = 0;
  batches = 0;
  /** Bookings that failed, so that the books were read again. */
  retries = 0;
  /** Commits that no message had brought, and that were read from the journal. */
  healed = 0;
}
