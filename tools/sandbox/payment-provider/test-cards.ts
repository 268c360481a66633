/** What a test token stands for: a card that pays, or one that is declined with the given codes. */
export type TestCard = { outcome: 'approved' } | Decline

export type Decline = {
  outcome: 'declined'
  /** The error's code; `card_declined` unless the issuer's answer has a code of its own. */
  code: string
  declineCode: string
  message: string
}

const approvedTokens = new Set(
  [
    ...['visa', 'visa_debit', 'mastercard', 'mastercard_debit', 'mastercard_prepaid', 'amex', 'discover'],
    ...['diners', 'jcb', 'unionpay', 'us', 'br', 'ca', 'mx', 'gb', 'de', 'fr', 'es', 'it', 'nl', 'ch'],
    ...['au', 'cn', 'hk', 'in', 'jp', 'kr', 'sg', 'th', 'tw'],
  ].map((brand) => `pm_card_${brand}`),
)

const declined = (declineCode: string, message: string, code = 'card_declined'): Decline => ({
  outcome: 'declined',
  code,
  declineCode,
  message,
})

/** By what follows `chargeDeclined` in the token. */
const declines = new Map<string, Decline>([
  ['', declined('generic_decline', 'Your card was declined.')],
  ['InsufficientFunds', declined('insufficient_funds', 'Your card has insufficient funds.')],
  ['LostCard', declined('lost_card', 'Your card was declined.')],
  ['StolenCard', declined('stolen_card', 'Your card was declined.')],
  ['ExpiredCard', declined('expired_card', 'Your card has expired.', 'expired_card')],
  ['IncorrectCvc', declined('incorrect_cvc', "Your card's security code is incorrect.", 'incorrect_cvc')],
  [
    'ProcessingError',
    declined('processing_error', 'An error occurred while processing your card.', 'processing_error'),
  ],
  ['Fraudulent', declined('fraudulent', 'Your card was declined.')],
  [
    'VelocityLimitExceeded',
    declined('card_velocity_exceeded', 'Your card was declined for making repeated attempts too frequently.'),
  ],
])

/**
 * The card behind a token that Stripe documents for tests: `pm_card_visa` and other brands and countries pay,
 * `pm_card_chargeDeclined…` (also written `pm_card_visa_chargeDeclined…`) are declined.
 * `undefined` for any other token.
 */
export function testCard(token: string): TestCard | undefined {
  if (approvedTokens.has(token)) return { outcome: 'approved' }
  if (token === 'pm_card_chargeCustomerFail') return declines.get('')
  const reason = /^pm_card_(?:visa_)?chargeDeclined([A-Za-z]*)$/.exec(token)?.[1]
  return reason === undefined ? undefined : declines.get(reason)
}
