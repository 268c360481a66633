import { fakePayments } from '../testing/fake-payments.ts'
import { fakeProvider } from '../testing/fake-provider.ts'
import { paymentsContract } from '../testing/payments-contract.ts'
import { providerContract } from '../testing/provider-contract.ts'

// Fakes that keep the contracts of the real ones cannot lie.
providerContract('the fake', fakeProvider)
paymentsContract('the fake', fakePayments)
