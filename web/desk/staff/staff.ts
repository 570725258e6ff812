// The court's accounts: the query of the list, and what can be done with an account.

import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { get, post, put, type Reply } from '../../kit/api/client.ts'

export type Staff = Reply<'/api/v1/staff', 'get'>['items'][number]
export type Role = Staff['roles'][number]
export type OneTime = Reply<'/api/v1/staff', 'post'>

/** Roles in the order in which the form shows them. */
export const ROLES: readonly Role[] = ['clerk', 'approver', 'group_office', 'auditor', 'admin']

const KEY = ['staff'] as const
const idOf = (id: string) => ({ params: { id } })

export function useStaffList(params: ComputedRef<{ filter: { waiting: string }; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, params],
    queryFn: ({ signal }) => {
      const { filter, limit, offset } = params.value
      return get('/api/v1/staff', { query: { limit, offset, ...(filter.waiting === '' ? {} : { waiting: 'yes' as const }) }, signal })
    },
    placeholderData: keepPreviousData,
  })
}

export const useAddStaff = () => useAct((body: { login: string; name: string; roles: Role[] }) => post('/api/v1/staff', { body }), KEY)
export const useSetRoles = () =>
  useAct(({ id, roles }: { id: string; roles: Role[] }) => post('/api/v1/staff/{id}/roles', { ...idOf(id), body: { roles } }), KEY)
export const useResetPassword = () => useAct((id: string) => post('/api/v1/staff/{id}/reset-password', idOf(id)), KEY)
export const useResetFactor = () => useAct((id: string) => post('/api/v1/staff/{id}/reset-factor', idOf(id)), KEY)
export const useDisableStaff = () => useAct((id: string) => post('/api/v1/staff/{id}/disable', idOf(id)), KEY)
export const useEnableStaff = () => useAct((id: string) => post('/api/v1/staff/{id}/enable', idOf(id)), KEY)
export const useConfirmProposal = () => useAct((id: string) => post('/api/v1/staff/proposals/{id}/confirm', idOf(id)), KEY)
export const useDiscardProposal = () => useAct((id: string) => post('/api/v1/staff/proposals/{id}/discard', idOf(id)), KEY)

/** How a member of staff is reached, masked. */
export function useReach(id: string) {
  return useQuery({ queryKey: [...KEY, 'reach', id], queryFn: ({ signal }) => get('/api/v1/staff/{id}/reach', { ...idOf(id), signal }) })
}
export const useSetReach = () =>
  useAct(({ id, ...body }: { id: string; phone?: string; wechat?: string }) => put('/api/v1/staff/{id}/reach', { ...idOf(id), body }), KEY)
