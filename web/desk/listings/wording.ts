// What the debtor would be sent if a proposal were put in force.

import { useMutation } from '@tanstack/vue-query'
import { post } from '../../kit/api/client.ts'

/** Characters of a reason that the debtor is sent: a longer one would be cut in an SMS. */
export const TOLD_LENGTH = 100

type Ask = NonNullable<Parameters<typeof post<'/api/v1/listing-proposals/wording'>>[1]>['body']
export type Terms = Ask['terms']

export const useWording = () => useMutation({ mutationFn: (body: Ask) => post('/api/v1/listing-proposals/wording', { body }) })
