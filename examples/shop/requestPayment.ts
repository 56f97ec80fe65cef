import type { Fate } from './customerFate.ts';
import type { OrderRow } from './shopOrder.ts';

const promptMs = 200;
const lateMs = 500;

/** What the simulated provider was asked, and when it will say that the money is there. */
export interface PaymentRequest {
  orderId: string;
  /** Ms since 1970. */
  actAt: number;
}

/** Asks for the payment of an order whose goods are held; null when no answer will ever come. */
export function requestPayment(
  { orderId, expiresAt }: OrderRow,
  fate: Fate,
  now: number,
): PaymentRequest | null {
  switch (fate) {
    case 'pays':
      return { orderId, actAt: now + promptMs };
    case 'pays late':
      return { orderId, actAt: (expiresAt ?? now) + lateMs };
    case 'never pays':
    case 'cancels':
    case 'cancels at once':
    // Has paid.
    case 'pays at checkout':
      return null;
  }
}
