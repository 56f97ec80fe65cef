import type { Curve } from './valueAt.ts';

/**
 * What real orders look like, measured from half a year of a British gift wholesaler's invoices
 * (Online Retail, UCI Machine Learning Repository, Daqing Chen, CC BY 4.0): 8,455 sales and 1,677
 * returns, without the 651 write-offs that the file also lists as invoices.
 */
export const ordersShape = {
  /** Share of the invoices that are returns; these have about 2 % of the lines. */
  returnShare: 0.18,
  /** Share of the lines that name a SKU which the invoice already has. */
  repeatedLineShare: 0.01,
  /** Share of the sales that name no customer. */
  noCustomerShare: 0.124,

  saleLines: [
    [0.12, 1],
    [0.25, 5],
    [0.5, 14],
    [0.75, 28],
    [0.9, 50],
    [0.95, 70],
    [0.98, 141],
    [0.99, 193],
    [0.999, 568],
    [1, 675],
  ],
  returnLines: [
    [0.56, 1],
    [0.75, 2],
    [0.9, 4],
    [0.99, 16],
    [1, 45],
  ],
  /** Share of all sold lines to rank of the SKU, best seller first. */
  skuRank: [
    [0, 0],
    [0.0056, 1],
    [0.0218, 5],
    [0.0369, 10],
    [0.0967, 35],
    [0.2064, 100],
    [0.453, 350],
    [0.7638, 1000],
    [0.9506, 2000],
    [0.9968, 3000],
    [1, 3514],
  ],
  /** Share of all sales to rank of the customer, most frequent first. */
  customerRank: [
    [0, 0],
    [0.012, 1],
    [0.063, 10],
    [0.117, 28],
    [0.233, 100],
    [0.399, 277],
    [0.618, 700],
    [0.822, 1400],
    [0.903, 2000],
    [1, 2718],
  ],
  /** Quantities are pack sizes: units to share of the lines. All others are above 24. */
  packs: [
    [1, 0.292],
    [2, 0.156],
    [3, 0.07],
    [4, 0.069],
    [5, 0.022],
    [6, 0.081],
    [7, 0.006],
    [8, 0.024],
    [9, 0.004],
    [10, 0.038],
    [12, 0.113],
    [16, 0.007],
    [18, 0.008],
    [20, 0.008],
    [24, 0.043],
  ],
  /** Units of the lines that `packs` leaves, by share of all lines. */
  largeQuantity: [
    [0.941, 25],
    [0.95, 25],
    [0.96, 36],
    [0.97, 48],
    [0.98, 72],
    [0.99, 100],
    [0.995, 144],
    [0.999, 480],
    [0.9999, 1824],
    [1, 5000],
  ],
  /** Share of the sales of a Tuesday to hour of the day; peaks after 13:00 and after 15:00. */
  hour: [
    [0, 8],
    [0.033, 9],
    [0.116, 10],
    [0.236, 11],
    [0.361, 12],
    [0.503, 13],
    [0.648, 14],
    [0.757, 15],
    [0.911, 16],
    [0.973, 17],
    [1, 18],
  ],
} satisfies Record<string, number | Curve>;
