// Units with their liaisons and keys: queries, and what an administrator does with them.

import type { UNITS_LIST_NEED } from '../../kit/api/choices.gen.ts'
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { ComputedRef } from 'vue'
import { useAct } from '../../kit/api/act.ts'
import { del, get, patch, post, type Reply } from '../../kit/api/client.ts'
import { save } from '../../kit/api/download.ts'
import { upload } from '../../kit/api/upload.ts'
import { hasWord, t } from '../../kit/words.ts'

export type Unit = Reply<'/api/v1/units', 'get'>['items'][number]
export type UnitDetail = Reply<'/api/v1/units/{id}', 'get'>
export type Liaison = UnitDetail['liaisons'][number]
export type Measure = Reply<'/api/v1/measures', 'get'>['items'][number]
export type Clause = Measure['clauses'][number]
export type UnitKey = Reply<'/api/v1/units/{id}/keys', 'get'>['items'][number]
export type NewKey = Reply<'/api/v1/units/{id}/keys', 'post'>
export type Scope = UnitKey['scopes'][number]
export type BindingCode = Reply<'/api/v1/liaisons/{id}/binding-code', 'post'>
export type SheetReport = Reply<'/api/v1/liaisons/import', 'post'>

/** Kinds of units in the order of the policy. */
export const KINDS = [
  'judicial',
  'party',
  'government',
  'central_provincial_agency',
  'financial',
  'telecom',
  'township',
  'media',
  'enterprise',
  'other',
] as const
export type Need = (typeof UNITS_LIST_NEED)[number]

export interface UnitFilter extends Record<string, string> {
  text: string
  kind: string
  need: string
  classId: string
}
export const FILTER: UnitFilter = { text: '', kind: '', need: '', classId: '' }

const KEY = ['units'] as const

/** A kind of unit in words. */
export function kindName(kind: string): string {
  return hasWord(`units.kind.${kind}`) ? t(`units.kind.${kind}`) : kind
}

export function useUnits(params: ComputedRef<{ filter: UnitFilter; limit: number; offset: number }>) {
  return useQuery({
    queryKey: [...KEY, 'list', params],
    queryFn: ({ signal }) => {
      const { filter, limit, offset } = params.value
      const { need, text, ...rest } = filter
      const query = { ...rest, text: text.trim(), limit, offset, ...(need === '' ? {} : { need: need as Need }) }
      return get('/api/v1/units', { query, signal })
    },
    placeholderData: keepPreviousData,
  })
}

/** The classes of units, to which members can be added. */
export function useClasses() {
  return useQuery({
    queryKey: [...KEY, 'classes'],
    queryFn: async ({ signal }) => (await get('/api/v1/units', { query: { isClass: 'yes', limit: 200 }, signal })).items,
  })
}

export function useUnit(id: string) {
  return useQuery({ queryKey: [...KEY, 'one', id], queryFn: ({ signal }) => get('/api/v1/units/{id}', { params: { id }, signal }) })
}

/** The measures of the policy; they change with a new version of the program alone. */
export function useMeasures() {
  return useQuery({
    queryKey: ['measures'],
    queryFn: async ({ signal }) => (await get('/api/v1/measures', { signal })).items,
    staleTime: Infinity,
  })
}

export function useUnitKeys(id: string) {
  return useQuery({
    queryKey: [...KEY, 'keys', id],
    queryFn: async ({ signal }) => (await get('/api/v1/units/{id}/keys', { params: { id }, signal })).items,
  })
}

export const useAddUnit = () => useAct((body: { classId: string; name: string }) => post('/api/v1/units', { body }), KEY)
export const useSetUnit = () =>
  useAct(({ id, active }: { id: string; active: boolean }) => patch('/api/v1/units/{id}', { params: { id }, body: { active } }), KEY)

export interface StatedLiaison {
  name?: string
  head?: boolean
  phone?: string
  active?: boolean
  /** Empty: what was bound is unbound. */
  wechat?: ''
  wechaty?: ''
}
export const useAddLiaison = () =>
  useAct(
    ({ unitId, ...body }: StatedLiaison & { unitId: string; name: string }) =>
      post('/api/v1/units/{id}/liaisons', { params: { id: unitId }, body }),
    KEY,
  )
export const useChangeLiaison = () =>
  useAct(({ id, ...body }: StatedLiaison & { id: string }) => patch('/api/v1/liaisons/{id}', { params: { id }, body }), KEY)
export const useBindingCode = () => useAct((id: string) => post('/api/v1/liaisons/{id}/binding-code', { params: { id } }), KEY)

export interface StatedKey {
  unitId: string
  label: string
  scopes: Scope[]
  expiresOn?: string
}
export const useAddKey = () =>
  useAct(({ unitId, ...body }: StatedKey) => post('/api/v1/units/{id}/keys', { params: { id: unitId }, body }), KEY)
export const useRevokeKey = () =>
  useAct(
    ({ unitId, keyId }: { unitId: string; keyId: string }) => del('/api/v1/units/{id}/keys/{keyId}', { params: { id: unitId, keyId } }),
    KEY,
  )

/** Makes codes and saves the document that holds them: nowhere else are they to be seen. */
export const usePrintCodes = () =>
  useAct(async ({ liaisonIds, days }: { liaisonIds: readonly string[] | null; days: number }) => {
    const body = { days, ...(liaisonIds === null ? {} : { liaisonIds: [...liaisonIds] }) }
    save(await post('/api/v1/liaisons/binding-codes', { body }), `${t('units.codes.file')}.docx`)
  }, KEY)

/** Checks a sheet, or enters it when the confirmation of its check comes with it. */
export function sendSheet(
  file: File,
  input: { confirmation?: string; onProgress?: (done: number) => void; signal?: AbortSignal } = {},
): Promise<SheetReport> {
  const { confirmation, onProgress, signal } = input
  return upload('/api/v1/liaisons/import', file, {
    query: { fileName: file.name, ...(confirmation === undefined ? {} : { confirmation }) },
    ...(onProgress === undefined ? {} : { onProgress }),
    ...(signal === undefined ? {} : { signal }),
  })
}

export const useEnterSheet = () =>
  useAct(({ file, confirmation }: { file: File; confirmation: string }) => sendSheet(file, { confirmation }), KEY)

/** Whom a clause reaches, a sentence for each relation. */
export function reachesOf(clause: Clause): string[] {
  const offices = (held: Clause['side']): string =>
    (held ?? []).map((office) => t(`words.screenings.office.${office}`)).join(t('units.comma'))
  return [
    ...(clause.self === undefined ? [] : [t(`words.screenings.reaches.${clause.self}`)]),
    ...(clause.side === undefined ? [] : [t('words.screenings.relation.side_of_listed_organisation', { office: offices(clause.side) })]),
    ...(clause.applicant === undefined ? [] : [t('words.screenings.relation.officer_of_applicant', { office: offices(clause.applicant) })]),
    ...(clause.nominee === undefined ? [] : [t('words.screenings.relation.nominee', { office: offices(clause.nominee) })]),
  ]
}

/** Whether the liaison can be reached and log in by WeChat. */
export function isBound({ wechat, wechaty }: Pick<Liaison, 'wechat' | 'wechaty'>): boolean {
  return wechat !== null || wechaty !== null
}

/** What a key is good for now. */
export function keyState({ revokedAt, expiresAt }: UnitKey, now: number): 'works' | 'expired' | 'revoked' {
  if (revokedAt !== null) return 'revoked'
  return Date.parse(expiresAt) <= now ? 'expired' : 'works'
}
