// The second factor of whoever logged in: which way, sending a code, giving it, and choosing a way at the first time.

import { get, post, type Reply } from '../../kit/api/client.ts'
import { setSession } from '../../kit/session/session.ts'
import { sessionFrom } from './staff-session.ts'

export type Factor = Reply<'/api/v1/session/factor', 'get'>
export type Way = Factor['ways'][number]['way']
export type Enrolment = Reply<'/api/v1/session/factor/enrolment', 'post'>

export const factorOf = () => get('/api/v1/session/factor')
export const sendCode = () => post('/api/v1/session/factor/code')
export const enrol = (way: Way) => post('/api/v1/session/factor/enrolment', { body: { way } })

/** @throws Problem `factor_wrong`, `login_locked`. */
export async function giveCode(code: string): Promise<void> {
  setSession(sessionFrom(await post('/api/v1/session/factor', { body: { code } })))
}

/** @throws Problem `factor_wrong`, `login_locked`. */
export async function confirmEnrolment(code: string): Promise<void> {
  setSession(sessionFrom(await post('/api/v1/session/factor/enrolment/confirm', { body: { code } })))
}
