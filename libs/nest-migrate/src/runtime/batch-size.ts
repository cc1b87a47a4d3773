const FIRST = 1_000;

/** How many rows a batch has: as many as take so long as they should, by what the batches before took. */
export class BatchSize {
  #rows: number;

  /**
   * @param most The most rows of a batch.
   * @param aim How long a batch should take, in milliseconds.
   */
  constructor(
    private readonly most: number,
    private readonly aim: number,
  ) {
    this.#rows = Math.min(FIRST, most);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Takes account of a batch. One that was not full says nothing of a larger one. */
  took(milliseconds: number, rows: number): void {
    const fitting = (this.#rows * this.aim) / Math.max(milliseconds, 1);
    const next = Math.min(Math.max(fitting, this.#rows / 2), this.#rows * 2, this.most);
    if (next < this.#rows || rows >= this.#rows) this.#rows = Math.max(1, Math.floor(next));
  }

  /** Takes account of a batch that waited too long for a lock. */
  halve(): void {
    this.#rows = Math.max(1, Math.floor(this.#rows / 2));
  }
}
