import { paymentProviders } from '@myhotel/kit/charging'
import { databaseEnv, eventEnv, readEnv, serviceEnv } from '@myhotel/kit/env'
import { z } from 'zod'

const schema = z
  .object({
    ...serviceEnv,
    ...eventEnv,
    ...databaseEnv('PAYMENT'),
    PAYMENT_PROVIDER: z.enum(paymentProviders).default('sandbox'),
    /** Where the sandbox is. For Stripe: another place than Stripe's own. */
    PAYMENT_PROVIDER_URL: z.url().optional(),
    STRIPE_SECRET_KEY: z.string().min(1).optional(),
    /** Milliseconds that the provider has for an answer. Book waits for 3 s in all. */
    PAYMENT_PROVIDER_WITHIN_MS: z.coerce.number().int().min(100).default(2_500),
    /** Approvals under way at a time; more are told to come again shortly. */
    PAYMENT_MOST_APPROVALS: z.coerce.number().int().min(1).default(512),
    /** A failing provider is asked to charge once in so many milliseconds, until it does. */
    PAYMENT_BREAK_MS: z.coerce.number().int().min(100).default(1_000),
  })
  .superRefine((env, context) => {
    const needed = env.PAYMENT_PROVIDER === 'stripe' ? 'STRIPE_SECRET_KEY' : 'PAYMENT_PROVIDER_URL'
    if (env[needed]) return
    const message = `is needed where PAYMENT_PROVIDER is ${env.PAYMENT_PROVIDER}`
    context.addIssue({ code: 'custom', path: [needed], message })
  })

export type Env = z.infer<typeof schema>

export const env: Env = readEnv(schema)
