/** What a caller of the API is told when he does not get what he asked for. */
export const apiErrorCodes = {
  REQUEST_INVALID: 400,
  TOKEN_MISSING: 401,
  NOT_FOUND: 404,
  STOCK_ITEM_UNKNOWN: 404,
  ORDER_UNKNOWN: 404,
  /** Nothing here is as new as the read token asks for. */
  BEHIND: 409,
  INTERNAL: 500,
  DATABASE_AWAY: 503,
} as const;

export type ApiErrorCode = keyof typeof apiErrorCodes;

/** An answer with a status of 400 or more: a value for the caller, nothing that broke here. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: ApiErrorCode;

  constructor(code: ApiErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
  }

  get statusCode(): number {
    return apiErrorCodes[this.code];
  }
}
