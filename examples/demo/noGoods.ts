/**
 * In half a year of a real wholesaler's invoices (209,029 lines, 3,514 SKUs) every SKU starts with
 * five digits, except 26. Ten of those 26 are bookkeeping under the name of a SKU: carriage and
 * postage (C2, DOT, POST), fees (AMAZONFEE, BANK CHARGES), discount (D), manual corrections
 * (M, once m), samples (S), and one pad of no value (PADS). The other sixteen are goods on a
 * shelf: party bags and the like (DCGS0003, DCGSSBOY) and gift vouchers (gift_0001_20).
 *
 * A pattern would have to guess about SKUs that other files use, so this is the list: whatever is
 * not on it is goods.
 */
const noGoods = new Set(['AMAZONFEE', 'BANK CHARGES', 'C2', 'D', 'DOT', 'M', 'PADS', 'POST', 'S']);

/** Whether a line with this SKU moves no stock. Upper and lower case mean the same here. */
export function isNoGoods(sku: string): boolean {
  return noGoods.has(sku.toUpperCase());
}
