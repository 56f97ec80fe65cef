/** State of one SKU; `refused` counts orders, the others units. */
export interface SkuStock {
  onHand: number;
  reserved: number;
  refused: number;
}

/** What the service tells its parent, some 50 times a second: times in ms since 1970. */
export interface HandlerRuns {
  runs: number;
  firstAt: number;
  lastAt: number;
}
